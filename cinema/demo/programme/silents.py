"""The silents, which were never silent."""

from datetime import date

from cinema.demo.film import Film, Name, Part

METROPOLIS = Film(
    slug="metropolis",
    title="大都会",
    title_en="Metropolis",
    original_title="Metropolis",
    tmdb_id=19,
    duration=153,
    release_date=date(1927, 1, 10),
    language="Silent",
    country="Germany",
    genres=("科幻", "剧情", "默片"),
    directors=(Name("弗里茨·朗", "Fritz Lang"),),
    writers=(Name("特娅·冯·哈堡", "Thea von Harbou"),),
    cast=(
        Part(Name("布里吉特·赫尔姆", "Brigitte Helm"), "玛丽亚 / 机器人 Maria / the Machine-Man"),
        Part(Name("古斯塔夫·弗洛利希", "Gustav Fröhlich"), "弗雷德 Freder"),
        Part(Name("阿尔弗雷德·阿贝尔", "Alfred Abel"), "弗雷德森 Joh Fredersen"),
        Part(Name("鲁道夫·克莱恩-罗格", "Rudolf Klein-Rogge"), "罗特旺 Rotwang"),
        Part(Name("弗里茨·拉斯普", "Fritz Rasp"), "瘦子 The Thin Man"),
    ),
    synopsis=(
        "云端是花园与高塔，地底是机器和编了号的人。城主的儿子追着一个姑娘走下去，第一次看见这座城靠什么发光。"
        "为了平息地下的骚动，发明家造出了她的金属替身。弗里茨·朗用三万多名群众演员和一座微缩城市，"
        "画出了此后一百年里所有未来之城的草图。"
    ),
    synopsis_en=(
        "Gardens and towers above, machines and numbered men below. The master's son follows a girl into the "
        "depths and learns what makes his city shine, while an inventor builds her double out of metal. Every city "
        "of the future that the cinema has drawn since was first drawn here."
    ),
)

NOSFERATU = Film(
    slug="nosferatu",
    title="诺斯费拉图",
    title_en="Nosferatu",
    original_title="Nosferatu, eine Symphonie des Grauens",
    tmdb_id=653,
    duration=94,
    release_date=date(1922, 3, 4),
    language="Silent",
    country="Germany",
    genres=("恐怖", "奇幻", "默片"),
    directors=(Name("F·W·茂瑙", "F. W. Murnau"),),
    writers=(Name("亨里克·加林", "Henrik Galeen"),),
    cast=(
        Part(Name("马克斯·施雷克", "Max Schreck"), "奥洛克伯爵 Count Orlok"),
        Part(Name("古斯塔夫·冯·旺根海姆", "Gustav von Wangenheim"), "托马斯·胡特 Thomas Hutter"),
        Part(Name("格蕾塔·施罗德", "Greta Schröder"), "艾伦·胡特 Ellen Hutter"),
        Part(Name("亚历山大·格拉纳赫", "Alexander Granach"), "诺克 Knock"),
    ),
    synopsis=(
        "年轻的房产经纪人翻山越岭去见一位买主，主人昼伏夜出，盯着他割破的手指出神。"
        "随后一艘没有活人的船驶进港口，老鼠和瘟疫跟着上了岸。"
        "茂瑙把摄影机搬到真实的山川与街巷里，于是那道爬上楼梯的影子，比任何怪物都更像真的。"
    ),
    synopsis_en=(
        "A young clerk crosses the mountains to sell a house to a count who sleeps by day and cannot take his eyes "
        "off a cut finger. Then a ship with no one alive on board glides into harbour. Murnau filmed his nightmare "
        "in real streets and real wind, which is why that shadow on the stairs has never left."
    ),
)

THE_GENERAL = Film(
    slug="the-general",
    title="将军号",
    title_en="The General",
    original_title="The General",
    tmdb_id=961,
    duration=79,
    release_date=date(1926, 12, 31),
    language="Silent",
    country="United States",
    genres=("喜剧", "动作", "默片"),
    directors=(Name("巴斯特·基顿", "Buster Keaton"), Name("克莱德·布鲁克曼", "Clyde Bruckman")),
    cast=(
        Part(Name("巴斯特·基顿", "Buster Keaton"), "约翰尼·格雷 Johnnie Gray"),
        Part(Name("玛丽昂·麦克", "Marion Mack"), "安娜贝尔·李 Annabelle Lee"),
        Part(Name("格伦·卡文德", "Glen Cavender"), "安德森上尉 Captain Anderson"),
        Part(Name("吉姆·法利", "Jim Farley"), "撒切尔将军 General Thatcher"),
    ),
    synopsis=(
        "火车司机约翰尼一生只爱两样：他的姑娘和他的机车“将军号”。南北战争打响，两样一起被北军劫走，"
        "他便独自开着另一台车头追了上去。基顿不用替身，也不笑一下，"
        "在真铁轨、真桥、真火车上完成了电影史上最精密的一场追逐，连悲伤都坐在转动的连杆上。"
    ),
    synopsis_en=(
        "Johnnie Gray loves two things, his girl and his locomotive, and Union spies steal both at once. So he "
        "gives chase, alone, in another engine. Real rails, real bridges, no stuntman and not one smile: the most "
        "exact comedy ever built, and one of the most beautiful."
    ),
)

A_TRIP_TO_THE_MOON = Film(
    slug="a-trip-to-the-moon",
    title="月球旅行记",
    title_en="A Trip to the Moon",
    original_title="Le Voyage dans la Lune",
    tmdb_id=775,
    duration=15,
    release_date=date(1902, 9, 1),
    language="Silent",
    country="France",
    genres=("科幻", "奇幻", "短片", "默片"),
    directors=(Name("乔治·梅里爱", "Georges Méliès"),),
    writers=(Name("乔治·梅里爱", "Georges Méliès"),),
    cast=(
        Part(Name("乔治·梅里爱", "Georges Méliès"), "巴本富伊教授 Professor Barbenfouillis"),
        Part(Name("布勒埃特·伯尔农", "Bleuette Bernon"), "月亮女神 Phoebe"),
    ),
    synopsis=(
        "六位戴尖帽子的天文学家决定亲自去月亮上看看，于是造了一发炮弹，坐进去，点火。"
        "炮弹正中月亮的眼睛；月面上有雪，有巨大的蘑菇，还有一碰就化作青烟的月球人。"
        "魔术师梅里爱在玻璃摄影棚里亲手画下每一块布景，电影从此学会了做梦。"
    ),
    synopsis_en=(
        "Six astronomers in pointed hats decide to see the moon for themselves, build a shell, climb in and light "
        "the fuse. It lands in the moon's eye. There is snow up there, and giant mushrooms, and people who go up "
        "in a puff of smoke: a magician painted every inch of it, and the cinema learned how to dream."
    ),
)

BATTLESHIP_POTEMKIN = Film(
    slug="battleship-potemkin",
    title="战舰波将金号",
    title_en="Battleship Potemkin",
    original_title="Броненосец Потёмкин",
    tmdb_id=643,
    duration=75,
    release_date=date(1925, 12, 21),
    language="Silent",
    country="Soviet Union",
    genres=("剧情", "历史", "战争", "默片"),
    directors=(Name("谢尔盖·爱森斯坦", "Sergei Eisenstein"),),
    writers=(Name("妮娜·阿加贾诺娃", "Nina Agadzhanova"),),
    cast=(
        Part(Name("亚历山大·安东诺夫", "Aleksandr Antonov"), "瓦库林丘克 Vakulinchuk"),
        Part(Name("弗拉基米尔·巴尔斯基", "Vladimir Barsky"), "舰长戈利科夫 Commander Golikov"),
        Part(Name("格里高利·亚历山德罗夫", "Grigori Aleksandrov"), "大副吉利亚罗夫斯基 Chief Officer Giliarovsky"),
    ),
    synopsis=(
        "一块生蛆的肉，让黑海上的水兵说出了“不”。起义的战舰驶向敖德萨，全城的人涌到港口送面包、挥手帕，"
        "直到阶梯顶端出现一排整齐的枪。爱森斯坦把每一刀剪辑都当作鼓点：石狮站起，婴儿车滚落，"
        "一面手工染红的旗升上黑白的天空。"
    ),
    synopsis_en=(
        "A piece of rotten meat, and the sailors of the Black Sea Fleet say no. Odessa comes down to the harbour "
        "with bread and waving handkerchiefs, until a line of rifles appears at the top of the steps. Eisenstein "
        "cuts the way a drummer plays, and a hand-painted red flag goes up in a black-and-white sky."
    ),
)

DR_CALIGARI = Film(
    slug="the-cabinet-of-dr-caligari",
    title="卡里加里博士的小屋",
    title_en="The Cabinet of Dr. Caligari",
    original_title="Das Cabinet des Dr. Caligari",
    tmdb_id=234,
    duration=77,
    release_date=date(1920, 2, 26),
    language="Silent",
    country="Germany",
    genres=("恐怖", "悬疑", "默片"),
    directors=(Name("罗伯特·维内", "Robert Wiene"),),
    writers=(Name("卡尔·迈耶", "Carl Mayer"), Name("汉斯·雅诺维茨", "Hans Janowitz")),
    cast=(
        Part(Name("沃纳·克劳斯", "Werner Krauss"), "卡里加里博士 Dr. Caligari"),
        Part(Name("康拉德·韦特", "Conrad Veidt"), "凯撒 Cesare"),
        Part(Name("弗里德里希·费赫", "Friedrich Feher"), "弗朗西斯 Francis"),
        Part(Name("莉尔·达戈沃", "Lil Dagover"), "简 Jane"),
        Part(Name("汉斯·海因茨·冯·特瓦尔多夫斯基", "Hans Heinrich von Twardowski"), "艾伦 Alan"),
    ),
    synopsis=(
        "市集上来了一位怪博士，箱子里睡着一个会预言的梦游人。当晚，第一个问自己还能活多久的青年死了。"
        "歪斜的屋顶、画上去的阴影、像刀一样的街道，整座城仿佛从一个病人的脑子里长出来，"
        "而最后一幕会让你怀疑，讲故事的究竟是谁。"
    ),
    synopsis_en=(
        "A strange doctor brings to the fair a cabinet with a sleepwalker in it who can tell the future. The first "
        "young man who asks how long he has to live is dead by dawn. Roofs lean, shadows are painted on, streets "
        "cut like knives, and the last scene makes you ask whose story you have been listening to."
    ),
)

SAFETY_LAST = Film(
    slug="safety-last",
    title="安全至下",
    title_en="Safety Last!",
    original_title="Safety Last!",
    tmdb_id=22596,
    duration=73,
    release_date=date(1923, 4, 1),
    language="Silent",
    country="United States",
    genres=("喜剧", "爱情", "默片"),
    directors=(Name("弗雷德·C·纽梅耶", "Fred C. Newmeyer"), Name("萨姆·泰勒", "Sam Taylor")),
    writers=(Name("哈尔·罗奇", "Hal Roach"), Name("萨姆·泰勒", "Sam Taylor"), Name("蒂姆·惠伦", "Tim Whelan")),
    cast=(
        Part(Name("哈罗德·劳埃德", "Harold Lloyd"), "小伙子 The Boy"),
        Part(Name("米尔德里德·戴维斯", "Mildred Davis"), "姑娘 The Girl"),
        Part(Name("比尔·斯特罗瑟", "Bill Strother"), "伙伴 The Pal"),
        Part(Name("诺亚·扬", "Noah Young"), "警察 The Law"),
    ),
    upcoming=True,
    synopsis=(
        "小镇青年进城打拼，写信说自己当上了经理，其实只是站柜台卖布的。未婚妻突然来访，谎话越滚越大，"
        "最后他不得不亲自爬上一座十二层的百货大楼。鸽子、老鼠、网球网接连来捣乱，"
        "而他和半空之间，只剩一根快要松脱的钟针。"
    ),
    synopsis_en=(
        "A boy from the country writes home that he is a manager; he sells cloth by the yard. His girl comes to "
        "visit, the fib grows, and in the end he has to climb a twelve-storey department store himself. There are "
        "pigeons, a mouse, a tennis net, and between him and the street one loosening hand of a clock."
    ),
)

MAN_WITH_A_MOVIE_CAMERA = Film(
    slug="man-with-a-movie-camera",
    title="持摄影机的人",
    title_en="Man with a Movie Camera",
    original_title="Человек с киноаппаратом",
    tmdb_id=26317,
    duration=68,
    release_date=date(1929, 1, 8),
    language="Silent",
    country="Soviet Union",
    genres=("纪录片", "默片"),
    directors=(Name("吉加·维尔托夫", "Dziga Vertov"),),
    writers=(Name("吉加·维尔托夫", "Dziga Vertov"),),
    cast=(Part(Name("米哈伊尔·考夫曼", "Mikhail Kaufman"), "摄影师 The cameraman"),),
    upcoming=True,
    synopsis=(
        "没有剧本，没有演员，也没有字幕：一个人扛着摄影机走进城市，从清晨拍到黄昏。"
        "电车、织机、婚礼、海滩，快放、倒放、叠印，剪辑师的手也成了主角。"
        "看到最后你会发现，这部影片真正拍下的，是“看”这件事本身有多么让人快乐。"
    ),
    synopsis_en=(
        "No script, no actors, no titles: a man shoulders a camera and films a city from dawn to dusk. Trams, "
        "looms, weddings, beaches, speeded up, run backwards, laid over one another, while the editor's hands "
        "become a heroine. What it really captures is the plain joy of looking."
    ),
)

SILENTS: tuple[Film, ...] = (
    METROPOLIS,
    NOSFERATU,
    THE_GENERAL,
    A_TRIP_TO_THE_MOON,
    BATTLESHIP_POTEMKIN,
    DR_CALIGARI,
    SAFETY_LAST,
    MAN_WITH_A_MOVIE_CAMERA,
)
