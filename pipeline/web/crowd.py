"""The server's side of many connections: none is refused, but those that hold things up make room.

Waitress stops taking connections in where it has too many, and lets each bring a body of its own: one client, with a
hundred connections that send nothing, keeps all others out. Here a new connection is always let in. Who has too many,
or has too much under way, loses the one that has been silent for longest; so does, where all together have too many or
too much, the client that has most. That holds for clients behind one address too: who sends is served, who waits makes
room. A connection that the server owes an answer is never ended.
"""

import resource
from collections import Counter

from waitress.server import TcpWSGIServer

from pipeline.web.channel import Channel
from pipeline.web.errors import RefusedError

MOST_CONNECTIONS = 256
"""Of all clients; fewer where the system lets a process have few files: a connection may need three."""

MOST_A_CLIENT = 64
"""Connections of one client. A browser has six."""

MOST_BYTES = 256 * 2**20
"""Bytes under way, of uploads and of answers that are not fetched, in memory and on disk: six of the largest songs."""

TIDY_EVERY_S = 1

SLOW = RefusedError(408, "slow_client", "The request took too long to arrive. Send it again, over a faster connection.")
CROWDED = RefusedError(503, "crowded", "Too many connections are open. Send the request again.", retry_after_s=5)
TOO_MUCH = RefusedError(503, "crowded", "Too many songs are under way. Send yours again in a minute.", retry_after_s=60)


class Server(TcpWSGIServer):
    """Waitress for one listening socket, with limits that hold for each client and for all."""

    channel_class = Channel

    def __init__(self, application, listening, **options):
        address = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(application, _sock=listening, bind_socket=False, sockinfo=address, **options)
        n_files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.most_connections = MOST_CONNECTIONS if n_files < 0 else min(MOST_CONNECTIONS, n_files // 4)

    def readable(self) -> bool:
        """Whether connections are taken in: always."""
        return self.accepting

    def run(self) -> None:
        """Serve until Ctrl-C."""
        try:
            while self._map:
                self.tidy()
                self.asyncore.loop(timeout=TIDY_EVERY_S, map=self._map, use_poll=True, count=1)
        except (SystemExit, KeyboardInterrupt):
            self.task_dispatcher.shutdown()

    def tidy(self) -> None:
        """End the connections that have taken too long, and those that are too many or hold too much."""
        for channel in list(self.active_channels.values()):
            if channel.overdue:
                channel.end(SLOW)
        channels = list(self.active_channels.values())
        _shrink(dict.fromkeys(channels, 1), MOST_A_CLIENT, self.most_connections, CROWDED)
        _shrink({channel: channel.n_held for channel in channels}, MOST_BYTES, MOST_BYTES, TOO_MUCH)


def _shrink(weights: dict[Channel, int], most_a_client: int, most: int, refusal: RefusedError) -> None:
    """End connections until no client, and not all together, have more weight than they may."""
    of_client: Counter[str] = Counter()
    for channel, weight in weights.items():
        of_client[channel.client] += weight
    if of_client.total() <= most and max(of_client.values(), default=0) <= most_a_client:
        return
    silent_first = sorted((each for each in weights if each.waits and weights[each]), key=lambda each: each.moved_s)
    while silent_first:
        chosen = max(silent_first, key=lambda each: of_client[each.client])
        if of_client.total() <= most and of_client[chosen.client] <= most_a_client:
            return
        chosen.end(refusal)
        silent_first.remove(chosen)
        of_client[chosen.client] -= weights[chosen]
