"""The sound features."""

from datetime import date

from cinema.demo.film import Film, Name, Part

DUNE_PART_TWO = Film(
    slug="dune-part-two",
    title="沙丘2",
    title_en="Dune: Part Two",
    original_title="Dune: Part Two",
    tmdb_id=438631,
    duration=166,
    release_date=date(2024, 3, 1),
    language="English",
    country="United States",
    rating="PG-13",
    genres=("科幻", "冒险", "剧情"),
    directors=(Name("丹尼斯·维伦纽瓦", "Denis Villeneuve"),),
    writers=(
        Name("丹尼斯·维伦纽瓦", "Denis Villeneuve"),
        Name("乔恩·斯派茨", "Jon Spaihts"),
    ),
    cast=(
        Part(Name("提莫西·查拉梅", "Timothée Chalamet"), "保罗·厄崔迪 Paul Atreides"),
        Part(Name("赞达亚", "Zendaya"), "契尼 Chani"),
        Part(Name("丽贝卡·弗格森", "Rebecca Ferguson"), "杰西卡夫人 Lady Jessica"),
        Part(Name("哈维尔·巴登", "Javier Bardem"), "斯第尔格 Stilgar"),
        Part(Name("奥斯汀·巴特勒", "Austin Butler"), "菲德-罗萨·哈克南 Feyd-Rautha Harkonnen"),
        Part(Name("弗洛伦丝·皮尤", "Florence Pugh"), "伊勒琅公主 Princess Irulan"),
    ),
    synopsis="保罗·厄崔迪与弗雷曼人联手，向背叛他家族的人复仇。",
    synopsis_en=(
        "Paul Atreides joins the Fremen to take revenge on those who betrayed his family. The deeper he goes into "
        "the desert, the louder its people call him by a name he fears to answer to."
    ),
)

NIGHT_OF_THE_LIVING_DEAD = Film(
    slug="night-of-the-living-dead",
    title="活死人之夜",
    title_en="Night of the Living Dead",
    original_title="Night of the Living Dead",
    tmdb_id=10331,
    duration=96,
    release_date=date(1968, 10, 1),
    language="English",
    country="United States",
    genres=("恐怖",),
    directors=(Name("乔治·A·罗梅罗", "George A. Romero"),),
    writers=(Name("约翰·A·拉索", "John A. Russo"), Name("乔治·A·罗梅罗", "George A. Romero")),
    cast=(
        Part(Name("杜恩·琼斯", "Duane Jones"), "本 Ben"),
        Part(Name("朱迪斯·奥迪", "Judith O'Dea"), "芭芭拉 Barbra"),
        Part(Name("卡尔·哈德曼", "Karl Hardman"), "哈里·库珀 Harry Cooper"),
        Part(Name("玛丽莲·伊斯特曼", "Marilyn Eastman"), "海伦·库珀 Helen Cooper"),
        Part(Name("基思·韦恩", "Keith Wayne"), "汤姆 Tom"),
        Part(Name("朱迪斯·雷德利", "Judith Ridley"), "朱迪 Judy"),
    ),
    synopsis=(
        "宾夕法尼亚乡间，七个素不相识的人被困在一座农舍里，门窗外是越聚越多、一言不发的死者。"
        "木板一块块钉上去，屋里的人却先吵成了一盘散沙。罗梅罗用极少的钱和极冷的眼睛拍下这一夜，"
        "最让人脊背发凉的并不是伸进窗来的手，而是天亮以后的那几分钟。"
    ),
    synopsis_en=(
        "Seven strangers are trapped in a Pennsylvania farmhouse while the dead gather outside, silent and in no "
        "hurry. Board after board goes up over the windows, and inside the living cannot agree on a single thing. "
        "Made for next to nothing, it keeps its coldest shock for the morning."
    ),
)

FEATURES: tuple[Film, ...] = (DUNE_PART_TWO, NIGHT_OF_THE_LIVING_DEAD)
