"""A way to a Dask scheduler on which every byte is counted."""

import select
import socket
import threading


class Wire:
    """A way to the scheduler on which every byte is counted."""

    def __init__(self, address: str):
        host, port = address.removeprefix("tcp://").split(":")
        self.target = (host, int(port))
        self.n_out, self.n_back = 0, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._let_in, daemon=True).start()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.door.getsockname()[1]}"

    def _let_in(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._pass_on, args=(near, socket.create_connection(self.target))).start()

    def _pass_on(self, near, far):
        with near, far:
            while True:
                for source in select.select([near, far], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    if source is near:
                        self.n_out += len(data)
                    else:
                        self.n_back += len(data)
                    (far if source is near else near).sendall(data)
