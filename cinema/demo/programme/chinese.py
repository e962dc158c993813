"""Shanghai, from the last silents to the spring before everything changed."""

from datetime import date

from cinema.demo.film import Film, Name, Part

THE_GODDESS = Film(
    slug="the-goddess",
    title="神女",
    title_en="The Goddess",
    original_title="神女",
    duration=85,
    release_date=date(1934, 12, 7),
    language="Silent",
    country="China",
    genres=("剧情", "默片"),
    directors=(Name("吴永刚", "Wu Yonggang"),),
    writers=(Name("吴永刚", "Wu Yonggang"),),
    cast=(
        Part(Name("阮玲玉", "Ruan Lingyu"), "神女 The mother"),
        Part(Name("黎铿", "Li Keng"), "儿子 Her son"),
        Part(Name("章志直", "Zhang Zhizhi"), "章老大 Boss Zhang"),
        Part(Name("李君磐", "Li Junpan"), "校长 The headmaster"),
    ),
    synopsis=(
        "夜里，她在上海的街灯下等客人；天亮以后，她只是一个想让儿子念书的母亲。"
        "攒下的钱被流氓抢走，学校的门也在孩子面前关上，她能守住的东西一天天变少。"
        "阮玲玉不说一个字，单凭一个抬头、一支烟，就让九十年前的夜晚至今发烫。"
    ),
    synopsis_en=(
        "By night she waits under the street lamps of Shanghai; by day she is only a mother who wants her boy to "
        "go to school. A thug takes her savings, respectable people take the rest. Without a single spoken word, "
        "Ruan Lingyu gives one of the great performances of the cinema."
    ),
)

STREET_ANGEL = Film(
    slug="street-angel",
    title="马路天使",
    title_en="Street Angel",
    original_title="馬路天使",
    duration=91,
    release_date=date(1937, 7, 24),
    language="Mandarin",
    country="China",
    genres=("喜剧", "爱情", "剧情"),
    directors=(Name("袁牧之", "Yuan Muzhi"),),
    writers=(Name("袁牧之", "Yuan Muzhi"),),
    cast=(
        Part(Name("赵丹", "Zhao Dan"), "陈少平 Chen Shaoping"),
        Part(Name("周璇", "Zhou Xuan"), "小红 Xiao Hong"),
        Part(Name("魏鹤龄", "Wei Heling"), "老王 Lao Wang"),
        Part(Name("赵慧深", "Zhao Huishen"), "小云 Xiao Yun"),
        Part(Name("王吉亭", "Wang Jiting"), "琴师 The fiddler"),
    ),
    synopsis=(
        "弄堂两边的阁楼只隔着一臂宽的天，这边是吹鼓手小陈，那边是卖唱的小红，窗子一开就是他们的舞台。"
        "有人要买走小红，一群穷朋友便凑起胆子和她一起逃。"
        "前一秒还在变戏法逗笑，后一秒就让人心碎，周璇的《四季歌》《天涯歌女》正是从这里唱遍了全国。"
    ),
    synopsis_en=(
        "Two attic windows face each other across a Shanghai lane: in one a trumpeter, in the other a girl who "
        "sings in teahouses, and between them a whole courtship in mime. When she is about to be sold, a handful "
        "of penniless friends decide to run. It turns from slapstick to heartbreak in a breath, and its songs are "
        "still sung."
    ),
)

SPRING_IN_A_SMALL_TOWN = Film(
    slug="spring-in-a-small-town",
    title="小城之春",
    title_en="Spring in a Small Town",
    original_title="小城之春",
    duration=93,
    release_date=date(1948, 9, 25),
    language="Mandarin",
    country="China",
    genres=("剧情", "爱情"),
    directors=(Name("费穆", "Fei Mu"),),
    writers=(Name("李天济", "Li Tianji"),),
    cast=(
        Part(Name("韦伟", "Wei Wei"), "周玉纹 Zhou Yuwen"),
        Part(Name("石羽", "Shi Yu"), "戴礼言 Dai Liyan"),
        Part(Name("李纬", "Li Wei"), "章志忱 Zhang Zhichen"),
        Part(Name("张鸿眉", "Zhang Hongmei"), "戴秀 Dai Xiu"),
        Part(Name("崔超明", "Cui Chaoming"), "老黄 Lao Huang"),
    ),
    upcoming=True,
    synopsis=(
        "战争过去了，城墙塌了半边，玉纹每天买完菜总要到城头上走一走，好像这样就离开了这个世界。"
        "丈夫久病，话越来越少；这时门外来了一位客人，是丈夫的老友，也是她从前的爱人。"
        "五个人，一座荒园，几场酒，费穆把说不出口的话都留给了目光和脚步。"
    ),
    synopsis_en=(
        "The war is over and the town wall lies half in ruins; Yuwen walks along it every morning as if it led out "
        "of the world. Then a guest arrives: her ailing husband's oldest friend, and the man she once loved. Five "
        "people, one wild garden, and everything that matters said with a look or a step too close."
    ),
)

CHINESE_CLASSICS: tuple[Film, ...] = (THE_GODDESS, STREET_ANGEL, SPRING_IN_A_SMALL_TOWN)
