"""A small file server on a free port of 127.0.0.1, for `ensurepresent` to fetch from.

    /ok/SUM         the file
    /auth/SUM       the file, for USER and PASSWORD only
    /redirect/SUM   a redirect to /ok/SUM

Anything else is 404.
"""

import base64
import hashlib
import http.server
import threading

USER, PASSWORD = "user", "secret"


class Librarian:
    def __init__(self):
        self.files = {}
        handler = type("Handler", (_Handler,), {"files": self.files})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}/{path}"

    def add(self, content, restricted=False, redirect=False):
        """Offers a file; returns its SHA-1 and the URL it is fetched from."""
        sum_ = hashlib.sha1(content).hexdigest()
        self.files[sum_] = content
        return sum_, self.url(f"{'auth' if restricted else 'redirect' if redirect else 'ok'}/{sum_}")

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    files = {}

    def do_GET(self):
        kind, _, sum_ = self.path.lstrip("/").partition("/")
        if sum_ not in self.files or kind not in ("ok", "auth", "redirect"):
            self.answer(404)
        elif kind == "redirect":
            self.answer(302, {"Location": f"/ok/{sum_}"})
        elif kind == "auth" and self.headers.get("Authorization") != self.credentials():
            self.answer(401, {"WWW-Authenticate": 'Basic realm="restricted files"'})
        else:
            self.answer(200, body=self.files[sum_])

    @staticmethod
    def credentials():
        return "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    def answer(self, status, headers={}, body=b""):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Quiet: what matters is printed by the checks."""
