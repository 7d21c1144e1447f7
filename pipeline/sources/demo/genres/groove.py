"""Descriptions of the genres that are made for dancing."""

from pipeline.sources.demo.score import Drumming, Genre, Part, Sound

DISCO = Genre(
    name="disco",
    tempo_bpm=(106, 130),
    harmonies=(
        ("i i bVII bVII bVI bVI V7 V7", "minor"),
        ("i7 IV7 i7 IV7", "dorian"),
        ("vi7 ii7 V7 IM7", "major"),
        ("IM7 iii7 ii7 V7", "major"),
    ),
    drumming=Drumming("disco acoustic", "disco four_on_floor", -2.0),
    parts=(
        Part(
            "bass",
            "electric_bass synth_bass picked_bass",
            "1.8.1.8.1.8.1.8. 1.1.8..11.1.8.7. 1..1..8.1..15.7.",
            38,
            -3.0,
            gate=0.8,
        ),
        Part(
            "chords",
            "muted_guitar clean_guitar electric_piano",
            "x.xxX.xxx.xxX.xx ..xX..xX..xX..xX",
            64,
            -8.0,
            gate=0.6,
        ),
        Part("pad", "strings", "x--------------- m---------------", 72, -8.0, "ivcsb"),
        Part("voice", "singer choir", "m-m-..m-m---....|..m-m-m-m-m-....", 65, -4.0, "vc"),
        Part("lead", "brass strings synth_lead", "X-.x..X-....x.X-|m-m-m-m-m---....", 69, -6.0, "csi"),
    ),
    sound=Sound((-19, -12), bandwidth_hz=(7500, 10500), treble_db=(0, 4), squash=(0.1, 0.5)),
    neighbours=("pop", "hiphop", "rock"),
)

HIPHOP = Genre(
    name="hiphop",
    tempo_bpm=(78, 108),
    swing=(0.5, 0.6),
    harmonies=(
        ("i i bVI V7", "minor"),
        ("i7 i7 iv7 i7", "minor_pentatonic"),
        ("ii7 V7 IM7 IM7", "major"),
        ("i bVI i bVII", "minor"),
    ),
    drumming=Drumming("sampled drum_machine drum_machine", "boom_bap boom_bap_late trap", 0.0, fill_chance=0.2),
    parts=(
        Part(
            "bass", "sub_bass synth_bass electric_bass", "1-----.1--1-.... 1--.....1-8-..1- 1-------....5---", 33, 0.0
        ),
        Part(
            "chords",
            "electric_piano piano synth_pluck strings",
            "x---....x---..x- x-......x-...... 1.5.3.8.1.5.3.8.",
            62,
            -9.0,
        ),
        Part("voice", "rapper", "mm.mm.mmm.m.m.m.|m.mm.m.mmm.mm... m.m.mmm.m.mmm.m.|mmm.m.m.m.m.mmm.", 52, -3.0, "vc"),
        Part("lead", "flute synth_lead brass", "m-......m-m-....", 72, -12.0, "ics", chance=0.6),
    ),
    sound=Sound(
        (-17, -9.5),
        bandwidth_hz=(5500, 10500),
        hiss_dbfs=(-65, -45),
        bass_db=(1, 6),
        room_s=(0.2, 0.5),
        squash=(0.2, 0.9),
    ),
    neighbours=("reggae", "pop", "disco"),
    forms=("ivvcv", "vvcvv", "vcvbv", "bvvcv"),
)

POP = Genre(
    name="pop",
    tempo_bpm=(76, 132),
    harmonies=(
        ("I V vi IV", "major"),
        ("vi IV I V", "major"),
        ("I vi IV V", "pentatonic"),
        ("i bVI bIII bVII", "minor"),
    ),
    drumming=Drumming("sampled drum_machine acoustic disco", "dance_pop four_on_floor backbeat pop_ballad rock", -2.0),
    parts=(
        Part(
            "bass", "synth_bass electric_bass sub_bass", "1.1.1.1.1.1.1.1. 1-----1-..1-5-.. ..1...1...1...1.", 36, -3.0
        ),
        Part(
            "chords",
            "synth_pluck piano clean_guitar steel_guitar",
            "x.x.x.x.x.x.x.x. x-----x-..x----- 1.5.8.5.3.5.8.5.",
            62,
            -7.0,
        ),
        Part("voice", "singer", "m-m-m-m---m-m---|m-m---m-m-......", 66, -1.0, "vc"),
        Part("choir", "choir singer", "x-------x-------", 67, -9.0, "c", chance=0.6),
        Part("pad", "synth_pad strings", "x---------------", 64, -10.0, "icb", chance=0.8),
        Part("lead", "synth_lead electric_guitar synth_pluck", "m-m-m---m-m-m---", 74, -8.0, "is", drive=(0.0, 0.8)),
    ),
    sound=Sound((-17, -9.5), bandwidth_hz=(8500, 10500), hiss_dbfs=(-80, -65), treble_db=(0, 5), squash=(0.2, 0.8)),
    neighbours=("disco", "rock", "hiphop", "country"),
)

REGGAE = Genre(
    name="reggae",
    tempo_bpm=(66, 96),
    swing=(0.5, 0.6),
    harmonies=(
        ("I IV I IV", "major"),
        ("i i bVII bVII", "minor"),
        ("I V vi IV", "pentatonic"),
        ("i iv i iv", "minor_pentatonic"),
    ),
    drumming=Drumming("reggae acoustic drum_machine", "one_drop rockers steppers", -4.0, fill_chance=0.5),
    parts=(
        Part("bass", "electric_bass sub_bass", "1-..1-3-5-...... ..1-1-..3-5-1-.. 1-....5-8-..5-3-", 33, 1.0),
        Part(
            "skank",
            "muted_guitar clean_guitar piano",
            "....X.......X... ..x...x...x...x. ....X.x.....X.x.",
            62,
            -4.0,
            gate=0.45,
        ),
        Part("bubble", "organ", ".xx..xx..xx..xx. ..x...x...x...x.", 57, -10.0, "ivcs", chance=0.7, gate=0.6),
        Part("voice", "singer singer rapper", "..m-m-m-m---....|m-m-..m-m-m-....", 60, -4.0, "vc"),
        Part("lead", "brass electric_piano flute", "m-..m-m-m---....", 67, -8.0, "isc", chance=0.7),
    ),
    sound=Sound(
        (-20, -12),
        bandwidth_hz=(5500, 10500),
        hiss_dbfs=(-68, -48),
        bass_db=(1, 6),
        room_s=(0.5, 1.8),
        wet=(0.1, 0.4),
        treble_db=(-5, 1),
    ),
    neighbours=("hiphop", "pop"),
)
