"""A registry with one image, on a port of loopback, which an engine trusts without TLS; prints the port first.

registry.py SOCKET IMAGE [--login USER:PASSWORD] [--dies]: serves IMAGE of the engine at SOCKET as pg:15, with one layer more, which no
engine has yet. With --dies the process ends in the middle of that layer. Speaks what a pull needs of the Registry HTTP API V2.
"""

import argparse
import base64
import hashlib
import http.client
import http.server
import io
import json
import os
import pathlib
import socket
import tarfile
import tempfile

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"
NEW_LAYER_BYTES = 3 << 20


class Engine(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("docker")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Image:
    """Blobs by digest: files, for layers may be large."""

    def __init__(self, engine, name, folder):
        self.folder, self.blobs = pathlib.Path(folder), {}
        connection = Engine(engine)
        connection.request("GET", f"/images/{name}/get")
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"the engine does not give {name}: {answer.read().decode()}")
        with tarfile.open(fileobj=answer, mode="r|") as archive:
            archive.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else archive.extractall(folder)
        saved = json.loads((self.folder / "manifest.json").read_text())[0]
        config = json.loads((self.folder / saved["Config"]).read_text())
        layers = [self.add(self.folder / layer) for layer in saved["Layers"]]
        self.new = self.add(self.new_layer())
        layers.append(self.new)
        config["rootfs"]["diff_ids"] = [layer["digest"] for layer in layers]
        config.setdefault("history", []).append({"created_by": "a layer that no engine has yet"})
        settings = self.add(self.file("config", json.dumps(config).encode()))
        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": {"mediaType": CONFIG, **settings},
            "layers": [{"mediaType": LAYER, **layer} for layer in layers],
        }).encode()

    def add(self, path):
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        found = {"size": path.stat().st_size, "digest": f"sha256:{digest.hexdigest()}"}
        self.blobs[found["digest"]] = path
        return found

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def new_layer(self):
        layer = io.BytesIO()
        with tarfile.open(fileobj=layer, mode="w") as archive:
            entry = tarfile.TarInfo("usr/share/registry-test")
            entry.size = NEW_LAYER_BYTES
            archive.addfile(entry, io.BytesIO(os.urandom(entry.size)))
        return self.file("new-layer.tar", layer.getvalue())


class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    image = login = None
    dies = False

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        wanted = self.login and "Basic " + base64.b64encode(self.login.encode()).decode()
        if wanted and self.headers.get("Authorization") != wanted:
            return self.refuse(401, "UNAUTHORIZED", ("WWW-Authenticate", 'Basic realm="registry"'))
        name, digest = self.path.rsplit("/", 1)[-1], hashlib.sha256(self.image.manifest).hexdigest()
        if self.path == "/v2/":
            self.answer(b"{}", "application/json")
        elif self.path in ("/v2/pg/manifests/15", f"/v2/pg/manifests/sha256:{digest}"):
            self.answer(self.image.manifest, MANIFEST, ("Docker-Content-Digest", f"sha256:{digest}"))
        elif self.path.startswith("/v2/pg/blobs/") and name in self.image.blobs:
            self.blob(name)
        else:
            self.refuse(404, "MANIFEST_UNKNOWN" if "/manifests/" in self.path else "BLOB_UNKNOWN")

    def blob(self, digest):
        path = self.image.blobs[digest]
        self.head(200, "application/octet-stream", path.stat().st_size, ("Docker-Content-Digest", digest))
        if self.command == "HEAD":
            return
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                self.wfile.write(chunk)
                if self.dies and digest == self.image.new["digest"]:
                    self.wfile.flush()
                    os._exit(0)

    def refuse(self, status, code, *fields):
        self.answer(json.dumps({"errors": [{"code": code, "message": code.lower()}]}).encode(), "application/json", *fields,
                    status=status)

    def answer(self, body, kind, *fields, status=200):
        self.head(status, kind, len(body), *fields)
        if self.command != "HEAD":
            self.wfile.write(body)

    def head(self, status, kind, length, *fields):
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(length)), *fields):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("image")
    parser.add_argument("--login")
    parser.add_argument("--dies", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Registry.image = Image(given.socket, given.image, folder)
        Registry.login, Registry.dies = given.login, given.dies
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
