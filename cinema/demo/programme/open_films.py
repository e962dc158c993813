"""Open films: made in the open, given to everyone under Creative Commons."""

from datetime import date

from cinema.demo.film import Film, Name, Part

BIG_BUCK_BUNNY = Film(
    slug="big-buck-bunny",
    title="大雄兔",
    title_en="Big Buck Bunny",
    original_title="Big Buck Bunny",
    tmdb_id=10378,
    duration=10,
    release_date=date(2008, 4, 10),
    language="No dialogue",
    country="Netherlands",
    genres=("动画", "喜剧", "短片"),
    directors=(Name("萨沙·霍德赫布勒", "Sacha Goedegebure"),),
    writers=(Name("萨沙·霍德赫布勒", "Sacha Goedegebure"),),
    streams=True,
    synopsis=(
        "一只脾气好得出奇的大兔子，只想在早晨的草地上闻闻花、看看蝴蝶。"
        "偏偏三只坏小子专挑蝴蝶下手。十分钟里，它捡起树枝、藤蔓和松果，慢条斯理地替春天讨回公道。"
    ),
    synopsis_en=(
        "A very large and very gentle rabbit wants nothing but a fine morning, some flowers and a butterfly. Three "
        "small bullies spoil it for him. In ten minutes, with sticks, vines and a slow smile, he sees justice "
        "done."
    ),
)

SINTEL = Film(
    slug="sintel",
    title="辛特尔",
    title_en="Sintel",
    original_title="Sintel",
    tmdb_id=45745,
    duration=15,
    release_date=date(2010, 9, 27),
    language="English",
    country="Netherlands",
    genres=("动画", "奇幻", "短片"),
    directors=(Name("科林·利维", "Colin Levy"),),
    writers=(Name("埃丝特·沃达", "Esther Wouda"),),
    cast=(
        Part(Name("哈利娜·雷金", "Halina Reijn"), "辛特尔 Sintel"),
        Part(Name("托姆·霍夫曼", "Thom Hoffman"), "萨满 The shaman"),
    ),
    streams=True,
    synopsis=(
        "少女辛特尔救下一条翅膀受伤的小龙，给它取名“鳞片”，孤单的日子从此有了伴。"
        "一天大龙从天而降，把它掳走。她提着长矛穿过雪山与沙漠去找它，走得太久，久到认不出自己要找的是谁。"
    ),
    synopsis_en=(
        "A girl who has no one nurses a hurt baby dragon back to flight and calls it Scales; then a grown dragon "
        "carries it off. She takes her spear and follows, over snow and through desert, for so long that when she "
        "arrives she no longer knows what she is looking at."
    ),
)

TEARS_OF_STEEL = Film(
    slug="tears-of-steel",
    title="钢铁之泪",
    title_en="Tears of Steel",
    original_title="Tears of Steel",
    tmdb_id=133701,
    duration=12,
    release_date=date(2012, 9, 26),
    language="English",
    country="Netherlands",
    genres=("科幻", "短片"),
    directors=(Name("伊恩·休伯特", "Ian Hubert"),),
    writers=(Name("伊恩·休伯特", "Ian Hubert"),),
    cast=(
        Part(Name("德里克·德林特", "Derek de Lint"), "老年托姆 Old Thom"),
        Part(Name("万尼亚·鲁卡维纳", "Vanja Rukavina"), "托姆 Thom"),
        Part(Name("丹尼丝·雷贝根", "Denise Rebergen"), "西莉亚 Celia"),
        Part(Name("塞尔希奥·哈塞尔拜恩克", "Sergio Hasselbaink"), "巴利 Barley"),
    ),
    synopsis=(
        "阿姆斯特丹的一座桥上，男孩因为女友的机械手和她分了手。四十年后，机器人占领了这座城市。"
        "一小队人躲进老教堂，想重演那天的告别，好把世界从一句说错的话里救回来。"
    ),
    synopsis_en=(
        "On a bridge in Amsterdam a boy breaks up with a girl, clumsily, over her robotic hand. Forty years later "
        "the robots hold the city. In the old church a small crew stages that farewell once more, hoping to save "
        "the world from one badly chosen sentence."
    ),
)

COSMOS_LAUNDROMAT = Film(
    slug="cosmos-laundromat",
    title="宇宙洗衣店",
    title_en="Cosmos Laundromat",
    original_title="Cosmos Laundromat: First Cycle",
    tmdb_id=358332,
    duration=12,
    release_date=date(2015, 8, 10),
    language="English",
    country="Netherlands",
    genres=("动画", "奇幻", "短片"),
    directors=(Name("马蒂厄·奥夫雷", "Mathieu Auvray"),),
    writers=(Name("埃丝特·沃达", "Esther Wouda"),),
    cast=(
        Part(Name("皮埃尔·博克马", "Pierre Bokma"), "弗兰克 Franck"),
        Part(Name("赖努特·斯霍尔滕·范阿沙特", "Reinout Scholten van Aschat"), "维克托 Victor"),
    ),
    upcoming=True,
    synopsis=(
        "荒岛上，一只绵羊站在悬崖边，觉得日子再过下去也不会有什么新意。"
        "这时走来一个穿西装的推销员，说可以送他无数次别的人生，试用装就系在脖子上，倒计时已经开始。"
    ),
    synopsis_en=(
        "On a bare island a sheep stands at the edge of a cliff, sure that life has nothing new to show him. Along "
        "comes a salesman in a suit and offers him as many other lives as he likes. The first one is already "
        "spinning."
    ),
)

OPEN_FILMS: tuple[Film, ...] = (BIG_BUCK_BUNNY, SINTEL, TEARS_OF_STEEL, COSMOS_LAUNDROMAT)
