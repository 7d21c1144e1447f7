"""Descriptions of the genres that are played on acoustic instruments, or began so."""

from pipeline.sources.demo.score import Drumming, Genre, Part, Sound

BLUES = Genre(
    name="blues",
    tempo_bpm=(62, 132),
    swing=(0.6, 0.68),
    harmonies=(
        ("I7 I7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7", "blues"),
        ("I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7", "blues"),
        ("i7 i7 i7 i7 iv7 iv7 i7 i7 V7 iv7 i7 V7", "minor_pentatonic"),
    ),
    drumming=Drumming("acoustic brushes", "shuffle slow_shuffle backbeat", -5.0),
    parts=(
        Part("bass", "electric_bass upright_bass", "1-..3-..5-..6-.. 1-1.3-3.5-5.6-5. 1-....1-5-......", 36, -3.0),
        Part(
            "chords", "steel_guitar clean_guitar piano", "X.x.X.x.X.x.X.x. ....X-......X-.. x---..x-....x-..", 55, -7.0
        ),
        Part("voice", "singer singer harmonica", "m--m--m-m---....|..m-m-m---......", 57, -3.0, "vc"),
        Part(
            "lead",
            "electric_guitar harmonica clean_guitar",
            "m-mm--m-m-m---..|..m-m-m-mm-m----",
            67,
            -3.0,
            "is",
            drive=(0.3, 1.5),
        ),
        Part("pad", "organ", "x---------------", 60, -14.0, "vcs", chance=0.4),
    ),
    sound=Sound((-24, -15), bandwidth_hz=(4500, 10000), hiss_dbfs=(-65, -42), bass_db=(-3, 2), treble_db=(-5, 1)),
    neighbours=("rock", "jazz", "country"),
)

CLASSICAL = Genre(
    name="classical",
    tempo_bpm=(56, 138),
    beats_per_bar=(4, 4, 3),
    harmonies=(
        ("I V vi iii IV I IV V", "major"),
        ("I IV V I vi ii V I", "major"),
        ("i iv bVII bIII bVI iv V i", "harmonic_minor"),
        ("i V i iv i V V i", "harmonic_minor"),
    ),
    parts=(
        Part("bass", "strings strings piano", "1--------------- 1-------5------- 1---3---5---3---", 43, -6.0),
        Part(
            "arpeggio",
            "piano harpsichord nylon_guitar strings",
            "1-5-3-5-1-5-3-5- 1358753813587538 1-3-5-8-5-3-5-3-",
            60,
            -5.0,
            "ivcs",
            chance=0.8,
        ),
        Part(
            "lead",
            "violin flute clarinet piano choir",
            "m---m-m-m-------|m-m-m-m-m---m--- m-----m-m---m---|m-------m-m-m-m-",
            74,
            -2.0,
            "vcs",
        ),
        Part("pad", "strings choir strings", "x--------------- x-------x-------", 62, -5.0, "cb"),
    ),
    sound=Sound(
        (-33, -20),
        bandwidth_hz=(5000, 10500),
        hiss_dbfs=(-75, -52),
        room_s=(0.9, 2.4),
        wet=(0.2, 0.5),
        treble_db=(-6, 1),
        squash=(0, 0),
    ),
    neighbours=("jazz",),
    rubato=0.07,
    dynamics_db=7.0,
    forms=("ivcsb", "vbcvs", "bvcsc", "svbcv"),
)

COUNTRY = Genre(
    name="country",
    tempo_bpm=(76, 148),
    beats_per_bar=(4, 4, 4, 3),
    harmonies=(("I I IV I V V I I", "pentatonic"), ("I IV I V I IV V I", "major"), ("I V vi IV I V IV I", "major")),
    drumming=Drumming("acoustic brushes", "two_step train backbeat", -8.0, fill_chance=0.4),
    parts=(
        Part("bass", "electric_bass upright_bass", "1---....5---.... 1---..1-5---..5-", 38, -4.0),
        Part(
            "chords",
            "steel_guitar steel_guitar clean_guitar",
            "1...X.x.5...X.x. x...X.x.x.x.X.x. ....X.......X...",
            57,
            -4.0,
        ),
        Part("arpeggio", "banjo steel_guitar", "1358513513585135 1-5-3-5-8-5-3-5-", 64, -8.0, "vcs", chance=0.55),
        Part("voice", "singer", "m-m-m---m-m-....|m---m-m-m-------", 60, -3.0, "vc"),
        Part("lead", "pedal_steel violin clean_guitar", "m-----m-m---m---|m-m-m-m-m-------", 69, -4.0, "isc"),
    ),
    sound=Sound((-21, -14), bandwidth_hz=(6500, 10500), room_s=(0.3, 0.9), bass_db=(-4, 1), treble_db=(-1, 4)),
    neighbours=("rock", "blues", "pop"),
)

JAZZ = Genre(
    name="jazz",
    tempo_bpm=(76, 210),
    swing=(0.56, 0.68),
    harmonies=(
        ("ii7 V7 IM7 IM7 iii7 VI7 ii7 V7", "major"),
        ("ii7 V7 IM7 vi7", "major"),
        ("i7 i7 iv7 iv7 bVI7 V7 i7 V7", "dorian"),
        ("I7 IV7 I7 I7 IV7 IV7 I7 VI7 ii7 V7 I7 V7", "blues"),
    ),
    drumming=Drumming("brushes acoustic", "swing swing brushes bossa", -8.0, fill_chance=0.3),
    parts=(
        Part("bass", "upright_bass", "1---3---5---6---|8---7---5---3--- 1---5---6---5--- 1-----5-1-----5-", 38, -2.0),
        Part(
            "chords",
            "piano clean_guitar electric_piano organ",
            "..x-....x-....x- x-....x-......x-|......x-..x-.... x...x...x...x...",
            60,
            -8.0,
            gate=0.7,
        ),
        Part(
            "lead",
            "sax sax brass piano clarinet clean_guitar",
            "m-m-mmm-m-mm..m-|m-mmm-m-m---.... ..m-m-m-m-mmm-m-|mmm-m-....m-m---",
            67,
            -1.0,
            "ivcs",
        ),
        Part("pad", "brass strings", "x-------....x---", 62, -12.0, "c", chance=0.3),
    ),
    sound=Sound(
        (-27, -17),
        bandwidth_hz=(4500, 10500),
        hiss_dbfs=(-68, -44),
        room_s=(0.4, 1.4),
        wet=(0.1, 0.35),
        treble_db=(-5, 1),
        squash=(0, 0.1),
    ),
    neighbours=("blues", "classical"),
    dynamics_db=4.0,
    forms=("ivssc", "cvssb", "sscvs", "vsbsc"),
)
