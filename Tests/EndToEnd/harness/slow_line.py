"""A TCP line of so many bytes a second for each connection, in the direction of the server."""

import socket
import threading
import time


class SlowLine:
    """Passes connections on to a unix socket."""

    def __init__(self, path, rate):
        self._target, self._rate = str(path), rate
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            # Small buffers: what was sent has arrived, or nearly so.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 << 10)
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._target)
            threading.Thread(target=self._pass, args=(client, server, self._rate), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, None), daemon=True).start()

    @staticmethod
    def _pass(source, target, rate):
        try:
            while data := source.recv(16 << 10):
                if rate:
                    time.sleep(len(data) / rate)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            target.close()

    def close(self):
        self._listener.close()
