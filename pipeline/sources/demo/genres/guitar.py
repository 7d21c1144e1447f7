"""Descriptions of the genres of the overdriven guitar."""

from pipeline.sources.demo.score import Drumming, Genre, Part, Sound

METAL = Genre(
    name="metal",
    tempo_bpm=(88, 184),
    harmonies=(
        ("i5 i5 bVI5 bVII5", "minor"),
        ("i5 bII5 i5 bVII5", "phrygian"),
        ("i5 i5 iv5 bVI5", "harmonic_minor"),
        ("i5 bIII5 bVI5 bVII5", "minor"),
    ),
    drumming=Drumming("metal acoustic", "double_kick gallop blast rock halftime", -4.0),
    parts=(
        Part("bass", "picked_bass", "1.111.111.111.11 1111111111111111 1-------1-------", 33, -6.0, drive=(0.3, 1.5)),
        Part(
            "chords",
            "electric_guitar",
            "X.xxX.xxX.xxX.xx X-x.x.X-x.x.X-x. xxxxXxxxxxxxX-x- X-------X-----x-",
            42,
            0.0,
            drive=(2.0, 8.0),
        ),
        Part("voice", "growler singer singer", "m---m-m-....m---|m-m-m---........", 59, -7.0, "vc", drive=(0.0, 1.0)),
        Part("lead", "electric_guitar", "mmmmmmmmmmmmm---|m-mmm-mmm-m-m---", 74, -5.0, "si", drive=(1.5, 5.0)),
    ),
    sound=Sound((-16, -9.5), bandwidth_hz=(6500, 10500), treble_db=(-2, 3), room_s=(0.2, 0.8), squash=(0.3, 1.0)),
    neighbours=("rock",),
    forms=("ivcvc", "vcscb", "ivvcs", "vcbsc"),
)

ROCK = Genre(
    name="rock",
    tempo_bpm=(84, 160),
    harmonies=(
        ("I bVII IV I", "major"),
        ("I IV V IV", "blues"),
        ("vi IV I V", "major"),
        ("i bVII bVI bVII", "minor_pentatonic"),
        ("I I IV V", "pentatonic"),
    ),
    drumming=Drumming("acoustic acoustic metal", "rock backbeat stomp halftime", -3.0),
    parts=(
        Part("bass", "picked_bass electric_bass", "1.1.1.1.1.1.1.1. 1-----1-1-1-.... 1---1---5---1---", 36, -4.0),
        Part(
            "chords",
            "electric_guitar electric_guitar clean_guitar",
            "X-x.x-x.X-x.x-x. X-----x-..x-x-.. x.x.X.x.x.x.X.x.",
            52,
            -3.0,
            drive=(0.4, 4.0),
        ),
        Part("arpeggio", "clean_guitar steel_guitar piano", "1-5-8-5-3-5-8-5-", 62, -10.0, "ivb", chance=0.4),
        Part("voice", "singer", "m-m-m---..m-m-..|m---m-m-m-------", 64, -3.0, "vc", drive=(0.0, 0.5)),
        Part("lead", "electric_guitar", "m-mmm-m-m---m-m-|mm-mm-m-m-m-----", 71, -3.0, "si", drive=(0.8, 3.5)),
        Part("pad", "organ", "x---------------", 60, -13.0, "cb", chance=0.35),
    ),
    sound=Sound((-20, -11), bandwidth_hz=(6500, 10500), hiss_dbfs=(-72, -52), squash=(0.1, 0.7)),
    neighbours=("metal", "blues", "country", "pop"),
)
