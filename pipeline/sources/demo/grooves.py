"""Drum patterns, one bar of 16 steps a drum (see `score` for the notation); ``o`` is a ghost note."""

GROOVES = {
    "backbeat": {"kick": "x.......x.......", "snare": "....X.......X...", "hat": "X.x.X.x.X.x.X.x."},
    "rock": {"kick": "x.....x.x.x.....", "snare": "....X.......X...", "hat": "X.x.X.x.X.x.X.x."},
    "stomp": {"kick": "x...x...x...x...", "snare": "....X.......X..x", "open": "X...X...X...X..."},
    "halftime": {"kick": "x..x......x.....", "snare": "........X.......", "ride": "X...x...X...x..."},
    "shuffle": {"kick": "x.......x.x.....", "snare": "....X.......X...", "hat": "X.x.X.x.X.x.X.x."},
    "slow_shuffle": {"kick": "x.....x.x.......", "rim": "....X.......X...", "ride": "X.x.X.x.X.x.X.x."},
    "train": {"kick": "x...x...x...x...", "snare": "o.oXo.oXo.oXo.oX"},
    "two_step": {"kick": "x.......x.......", "rim": "....X.......X...", "hat": "..x...x...x...x."},
    "four_on_floor": {"kick": "X...X...X...X...", "clap": "....X.......X...", "open": "..X...X...X...X."},
    "disco": {
        "kick": "X...X...X...X...",
        "snare": "....X.......X...",
        "hat": "x.oxx.oxx.oxx.ox",
        "open": "..x...x...x...x.",
    },
    "dance_pop": {
        "kick": "X...X...X...X...",
        "clap": "....X.......X...",
        "hat": "x.x.x.x.x.x.x.x.",
        "shaker": "x.xxx.xxx.xxx.xx",
    },
    "pop_ballad": {"kick": "x.........x.....", "snare": "........X.......", "hat": "x...x...x...x..."},
    "boom_bap": {"kick": "X..x.....xX.....", "snare": "....X.......X..o", "hat": "x.x.x.x.x.x.x.x."},
    "boom_bap_late": {"kick": "X.....x..xx.....", "snare": "....X..o....X...", "hat": "x.xxx.x.x.xxx.x."},
    "trap": {"kick": "X......x..x...x.", "clap": "........X.......", "hat": "x.xxx.x.xxxxx.xx"},
    "swing": {
        "ride": "X...X.x.X...X.x.",
        "hat": "....x.......x...",
        "kick": "o...o...o...o...",
        "snare": "......o........o",
    },
    "brushes": {"shaker": "x.x.X.x.x.x.X.x.", "ride": "x...x.x.x...x.x.", "kick": "o.......o......."},
    "bossa": {"kick": "x.....xxx.....xx", "rim": "x..x..x...x..x..", "hat": "x.x.x.x.x.x.x.x."},
    "double_kick": {"kick": "XxXxXxXxXxXxXxXx", "snare": "....X.......X...", "ride": "X...X...X...X..."},
    "blast": {"kick": "X.X.X.X.X.X.X.X.", "snare": ".x.x.x.x.x.x.x.x", "open": "X...X...X...X..."},
    "gallop": {
        "kick": "X.xxX.xxX.xxX.xx",
        "snare": "....X.......X...",
        "crash": "X...............",
        "hat": "X...X...X...X...",
    },
    "one_drop": {"kick": "........X.......", "rim": "........X.......", "hat": "x.x.x.x.x.x.x.xx"},
    "rockers": {"kick": "x.......X.......", "snare": "........X.....o.", "hat": "X.xxX.x.X.x.X.xx"},
    "steppers": {
        "kick": "X...X...X...X...",
        "rim": "......x...x.X...",
        "hat": "x.xxx.xxx.xxx.xx",
        "conga": "..x....x..x....x",
    },
    "waltz": {"kick": "x...........", "rim": "....x...x...", "hat": "x...x...x..."},
}

FILLS = (
    {"snare": "........x.xxXxXX"},
    {"snare": "........X.x.....", "tom": "............XxXx"},
    {"tom": "........X.X.XxXx", "kick": "x...x...x...x..."},
    {"snare": "............XXXX"},
)
"""Played in the last bar of a section, in place of everything but the cymbals."""

CYMBALS = ("hat", "open", "ride", "crash", "shaker")
