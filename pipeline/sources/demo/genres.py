"""The ten genres of the demo corpus, each one description."""

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
    drumming=Drumming(("acoustic", "brushes"), ("shuffle", "slow_shuffle", "backbeat"), -5.0),
    parts=(
        Part("bass", ("electric_bass", "upright_bass"), ("1-..3-..5-..6-..", "1-1.3-3.5-5.6-5.", "1-....1-5-......"), 36, -3.0),
        Part("chords", ("steel_guitar", "clean_guitar", "piano"), ("X.x.X.x.X.x.X.x.", "....X-......X-..", "x---..x-....x-.."), 55, -7.0),
        Part("voice", ("singer", "singer", "harmonica"), ("m--m--m-m---....|..m-m-m---......",), 57, -3.0, "vc"),
        Part("lead", ("electric_guitar", "harmonica", "clean_guitar"), ("m-mm--m-m-m---..|..m-m-m-mm-m----",), 67, -3.0, "is",
             drive=(0.3, 1.5)),
        Part("pad", ("organ",), ("x---------------",), 60, -14.0, "vcs", chance=0.4),
    ),
    sound=Sound((-24, -15), bandwidth_hz=(4500, 10000), hiss_dbfs=(-65, -42), bass_db=(-3, 2), treble_db=(-5, 1)),
    neighbours=("rock", "jazz", "country"),
)  # fmt: skip

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
        Part("bass", ("strings", "strings", "piano"), ("1---------------", "1-------5-------", "1---3---5---3---"), 43, -6.0),
        Part("arpeggio", ("piano", "harpsichord", "nylon_guitar", "strings"),
             ("1-5-3-5-1-5-3-5-", "1358753813587538", "1-3-5-8-5-3-5-3-"), 60, -5.0, "ivcs", chance=0.8),
        Part("lead", ("violin", "flute", "clarinet", "piano", "choir"),
             ("m---m-m-m-------|m-m-m-m-m---m---", "m-----m-m---m---|m-------m-m-m-m-"), 74, -2.0, "vcs"),
        Part("pad", ("strings", "choir", "strings"), ("x---------------", "x-------x-------"), 62, -5.0, "cb"),
    ),
    sound=Sound((-33, -20), bandwidth_hz=(5000, 10500), hiss_dbfs=(-75, -52), room_s=(0.9, 2.4), wet=(0.2, 0.5),
                treble_db=(-6, 1), squash=(0, 0)),
    neighbours=("jazz",),
    rubato=0.07,
    dynamics_db=7.0,
    forms=("ivcsb", "vbcvs", "bvcsc", "svbcv"),
)  # fmt: skip

COUNTRY = Genre(
    name="country",
    tempo_bpm=(76, 148),
    beats_per_bar=(4, 4, 4, 3),
    harmonies=(("I I IV I V V I I", "pentatonic"), ("I IV I V I IV V I", "major"), ("I V vi IV I V IV I", "major")),
    drumming=Drumming(("acoustic", "brushes"), ("two_step", "train", "backbeat"), -8.0, fill_chance=0.4),
    parts=(
        Part("bass", ("electric_bass", "upright_bass"), ("1---....5---....", "1---..1-5---..5-"), 38, -4.0),
        Part("chords", ("steel_guitar", "steel_guitar", "clean_guitar"), ("1...X.x.5...X.x.", "x...X.x.x.x.X.x.", "....X.......X..."), 57, -4.0),
        Part("arpeggio", ("banjo", "steel_guitar"), ("1358513513585135", "1-5-3-5-8-5-3-5-"), 64, -8.0, "vcs", chance=0.55),
        Part("voice", ("singer",), ("m-m-m---m-m-....|m---m-m-m-------",), 60, -3.0, "vc"),
        Part("lead", ("pedal_steel", "violin", "clean_guitar"), ("m-----m-m---m---|m-m-m-m-m-------",), 69, -4.0, "isc"),
    ),
    sound=Sound((-21, -14), bandwidth_hz=(6500, 10500), room_s=(0.3, 0.9), bass_db=(-4, 1), treble_db=(-1, 4)),
    neighbours=("rock", "blues", "pop"),
)  # fmt: skip

DISCO = Genre(
    name="disco",
    tempo_bpm=(106, 130),
    harmonies=(("i i bVII bVII bVI bVI V7 V7", "minor"), ("i7 IV7 i7 IV7", "dorian"), ("vi7 ii7 V7 IM7", "major"), ("IM7 iii7 ii7 V7", "major")),
    drumming=Drumming(("disco", "acoustic"), ("disco", "four_on_floor"), -2.0),
    parts=(
        Part("bass", ("electric_bass", "synth_bass", "picked_bass"), ("1.8.1.8.1.8.1.8.", "1.1.8..11.1.8.7.", "1..1..8.1..15.7."), 38, -3.0, gate=0.8),
        Part("chords", ("muted_guitar", "clean_guitar", "electric_piano"), ("x.xxX.xxx.xxX.xx", "..xX..xX..xX..xX"), 64, -8.0, gate=0.6),
        Part("pad", ("strings",), ("x---------------", "m---------------"), 72, -8.0, "ivcsb"),
        Part("voice", ("singer", "choir"), ("m-m-..m-m---....|..m-m-m-m-m-....",), 65, -4.0, "vc"),
        Part("lead", ("brass", "strings", "synth_lead"), ("X-.x..X-....x.X-|m-m-m-m-m---....",), 69, -6.0, "csi"),
    ),
    sound=Sound((-19, -12), bandwidth_hz=(7500, 10500), treble_db=(0, 4), squash=(0.1, 0.5)),
    neighbours=("pop", "hiphop", "rock"),
)  # fmt: skip

HIPHOP = Genre(
    name="hiphop",
    tempo_bpm=(78, 108),
    swing=(0.5, 0.6),
    harmonies=(("i i bVI V7", "minor"), ("i7 i7 iv7 i7", "minor_pentatonic"), ("ii7 V7 IM7 IM7", "major"), ("i bVI i bVII", "minor")),
    drumming=Drumming(("sampled", "drum_machine", "drum_machine"), ("boom_bap", "boom_bap_late", "trap"), 0.0, fill_chance=0.2),
    parts=(
        Part("bass", ("sub_bass", "synth_bass", "electric_bass"), ("1-----.1--1-....", "1--.....1-8-..1-", "1-------....5---"), 33, 0.0),
        Part("chords", ("electric_piano", "piano", "synth_pluck", "strings"), ("x---....x---..x-", "x-......x-......", "1.5.3.8.1.5.3.8."), 62, -9.0),
        Part("voice", ("rapper",), ("mm.mm.mmm.m.m.m.|m.mm.m.mmm.mm...", "m.m.mmm.m.mmm.m.|mmm.m.m.m.m.mmm."), 52, -3.0, "vc"),
        Part("lead", ("flute", "synth_lead", "brass"), ("m-......m-m-....",), 72, -12.0, "ics", chance=0.6),
    ),
    sound=Sound((-17, -9.5), bandwidth_hz=(5500, 10500), hiss_dbfs=(-65, -45), bass_db=(1, 6), room_s=(0.2, 0.5), squash=(0.2, 0.9)),
    neighbours=("reggae", "pop", "disco"),
    forms=("ivvcv", "vvcvv", "vcvbv", "bvvcv"),
)  # fmt: skip

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
    drumming=Drumming(("brushes", "acoustic"), ("swing", "swing", "brushes", "bossa"), -8.0, fill_chance=0.3),
    parts=(
        Part("bass", ("upright_bass",), ("1---3---5---6---|8---7---5---3---", "1---5---6---5---", "1-----5-1-----5-"), 38, -2.0),
        Part("chords", ("piano", "clean_guitar", "electric_piano", "organ"), ("..x-....x-....x-", "x-....x-......x-|......x-..x-....", "x...x...x...x..."), 60, -8.0, gate=0.7),
        Part("lead", ("sax", "sax", "brass", "piano", "clarinet", "clean_guitar"),
             ("m-m-mmm-m-mm..m-|m-mmm-m-m---....", "..m-m-m-m-mmm-m-|mmm-m-....m-m---"), 67, -1.0, "ivcs"),
        Part("pad", ("brass", "strings"), ("x-------....x---",), 62, -12.0, "c", chance=0.3),
    ),
    sound=Sound((-27, -17), bandwidth_hz=(4500, 10500), hiss_dbfs=(-68, -44), room_s=(0.4, 1.4), wet=(0.1, 0.35), treble_db=(-5, 1), squash=(0, 0.1)),
    neighbours=("blues", "classical"),
    dynamics_db=4.0,
    forms=("ivssc", "cvssb", "sscvs", "vsbsc"),
)  # fmt: skip

METAL = Genre(
    name="metal",
    tempo_bpm=(88, 184),
    harmonies=(("i5 i5 bVI5 bVII5", "minor"), ("i5 bII5 i5 bVII5", "phrygian"), ("i5 i5 iv5 bVI5", "harmonic_minor"), ("i5 bIII5 bVI5 bVII5", "minor")),
    drumming=Drumming(("metal", "acoustic"), ("double_kick", "gallop", "blast", "rock", "halftime"), -4.0),
    parts=(
        Part("bass", ("picked_bass",), ("1.111.111.111.11", "1111111111111111", "1-------1-------"), 33, -6.0, drive=(0.3, 1.5)),
        Part("chords", ("electric_guitar",), ("X.xxX.xxX.xxX.xx", "X-x.x.X-x.x.X-x.", "xxxxXxxxxxxxX-x-", "X-------X-----x-"), 42, 0.0, drive=(2.0, 8.0)),
        Part("voice", ("growler", "singer", "singer"), ("m---m-m-....m---|m-m-m---........",), 59, -7.0, "vc", drive=(0.0, 1.0)),
        Part("lead", ("electric_guitar",), ("mmmmmmmmmmmmm---|m-mmm-mmm-m-m---",), 74, -5.0, "si", drive=(1.5, 5.0)),
    ),
    sound=Sound((-16, -9.5), bandwidth_hz=(6500, 10500), treble_db=(-2, 3), room_s=(0.2, 0.8), squash=(0.3, 1.0)),
    neighbours=("rock",),
    forms=("ivcvc", "vcscb", "ivvcs", "vcbsc"),
)  # fmt: skip

POP = Genre(
    name="pop",
    tempo_bpm=(76, 132),
    harmonies=(("I V vi IV", "major"), ("vi IV I V", "major"), ("I vi IV V", "pentatonic"), ("i bVI bIII bVII", "minor")),
    drumming=Drumming(("sampled", "drum_machine", "acoustic", "disco"), ("dance_pop", "four_on_floor", "backbeat", "pop_ballad", "rock"), -2.0),
    parts=(
        Part("bass", ("synth_bass", "electric_bass", "sub_bass"), ("1.1.1.1.1.1.1.1.", "1-----1-..1-5-..", "..1...1...1...1."), 36, -3.0),
        Part("chords", ("synth_pluck", "piano", "clean_guitar", "steel_guitar"), ("x.x.x.x.x.x.x.x.", "x-----x-..x-----", "1.5.8.5.3.5.8.5."), 62, -7.0),
        Part("voice", ("singer",), ("m-m-m-m---m-m---|m-m---m-m-......",), 66, -1.0, "vc"),
        Part("choir", ("choir", "singer"), ("x-------x-------",), 67, -9.0, "c", chance=0.6),
        Part("pad", ("synth_pad", "strings"), ("x---------------",), 64, -10.0, "icb", chance=0.8),
        Part("lead", ("synth_lead", "electric_guitar", "synth_pluck"), ("m-m-m---m-m-m---",), 74, -8.0, "is", drive=(0.0, 0.8)),
    ),
    sound=Sound((-17, -9.5), bandwidth_hz=(8500, 10500), hiss_dbfs=(-80, -65), treble_db=(0, 5), squash=(0.2, 0.8)),
    neighbours=("disco", "rock", "hiphop", "country"),
)  # fmt: skip

REGGAE = Genre(
    name="reggae",
    tempo_bpm=(66, 96),
    swing=(0.5, 0.6),
    harmonies=(("I IV I IV", "major"), ("i i bVII bVII", "minor"), ("I V vi IV", "pentatonic"), ("i iv i iv", "minor_pentatonic")),
    drumming=Drumming(("reggae", "acoustic", "drum_machine"), ("one_drop", "rockers", "steppers"), -4.0, fill_chance=0.5),
    parts=(
        Part("bass", ("electric_bass", "sub_bass"), ("1-..1-3-5-......", "..1-1-..3-5-1-..", "1-....5-8-..5-3-"), 33, 1.0),
        Part("skank", ("muted_guitar", "clean_guitar", "piano"), ("....X.......X...", "..x...x...x...x.", "....X.x.....X.x."), 62, -4.0, gate=0.45),
        Part("bubble", ("organ",), (".xx..xx..xx..xx.", "..x...x...x...x."), 57, -10.0, "ivcs", chance=0.7, gate=0.6),
        Part("voice", ("singer", "singer", "rapper"), ("..m-m-m-m---....|m-m-..m-m-m-....",), 60, -4.0, "vc"),
        Part("lead", ("brass", "electric_piano", "flute"), ("m-..m-m-m---....",), 67, -8.0, "isc", chance=0.7),
    ),
    sound=Sound((-20, -12), bandwidth_hz=(5500, 10500), hiss_dbfs=(-68, -48), bass_db=(1, 6), room_s=(0.5, 1.8), wet=(0.1, 0.4), treble_db=(-5, 1)),
    neighbours=("hiphop", "pop"),
)  # fmt: skip

ROCK = Genre(
    name="rock",
    tempo_bpm=(84, 160),
    harmonies=(("I bVII IV I", "major"), ("I IV V IV", "blues"), ("vi IV I V", "major"), ("i bVII bVI bVII", "minor_pentatonic"), ("I I IV V", "pentatonic")),
    drumming=Drumming(("acoustic", "acoustic", "metal"), ("rock", "backbeat", "stomp", "halftime"), -3.0),
    parts=(
        Part("bass", ("picked_bass", "electric_bass"), ("1.1.1.1.1.1.1.1.", "1-----1-1-1-....", "1---1---5---1---"), 36, -4.0),
        Part("chords", ("electric_guitar", "electric_guitar", "clean_guitar"), ("X-x.x-x.X-x.x-x.", "X-----x-..x-x-..", "x.x.X.x.x.x.X.x."), 52, -3.0, drive=(0.4, 4.0)),
        Part("arpeggio", ("clean_guitar", "steel_guitar", "piano"), ("1-5-8-5-3-5-8-5-",), 62, -10.0, "ivb", chance=0.4),
        Part("voice", ("singer",), ("m-m-m---..m-m-..|m---m-m-m-------",), 64, -3.0, "vc", drive=(0.0, 0.5)),
        Part("lead", ("electric_guitar",), ("m-mmm-m-m---m-m-|mm-mm-m-m-m-----",), 71, -3.0, "si", drive=(0.8, 3.5)),
        Part("pad", ("organ",), ("x---------------",), 60, -13.0, "cb", chance=0.35),
    ),
    sound=Sound((-20, -11), bandwidth_hz=(6500, 10500), hiss_dbfs=(-72, -52), squash=(0.1, 0.7)),
    neighbours=("metal", "blues", "country", "pop"),
)  # fmt: skip

DESCRIPTIONS = {
    genre.name: genre for genre in (BLUES, CLASSICAL, COUNTRY, DISCO, HIPHOP, JAZZ, METAL, POP, REGGAE, ROCK)
}
