"""Passes connections on a port of loopback on to a Docker engine's unix socket, with TLS or without; prints the port first.

engine_proxy.py SOCKET [FOLDER SERVER]: with a folder, TLS by its SERVER.pem and SERVER-key.pem; clients need a certificate of its ca.pem.
"""

import select
import socket
import ssl
import sys
import threading

CHUNK = 1 << 16


def pass_on(client, path):
    """Both ways in one thread, because a TLS connection is not for two."""
    engine = socket.socket(socket.AF_UNIX)
    with client, engine:
        engine.connect(path)
        sources = [client, engine]
        while engine in sources:
            waiting = isinstance(client, ssl.SSLSocket) and client in sources and client.pending()
            ready = [client] if waiting else select.select(sources, [], [])[0]
            if client in ready:
                data = client.recv(CHUNK)
                if data:
                    engine.sendall(data)
                else:  # the client has said all: the engine may still answer
                    sources.remove(client)
                    engine.shutdown(socket.SHUT_WR)
            if engine in ready:
                data = engine.recv(CHUNK)
                if not data:
                    return end(client)
                client.sendall(data)


def end(client):
    """A body without a length ends with the connection, so TLS has to tell that nobody cut it: as dockerd does."""
    if isinstance(client, ssl.SSLSocket):
        client.settimeout(2)
        client.unwrap()


def serve(client, path, context):
    try:
        if context:
            client = context.wrap_socket(client, server_side=True)
        pass_on(client, path)
    except OSError as error:  # of TLS as well
        print(f"a connection ended: {error}", file=sys.stderr, flush=True)
        client.close()


def main(path, folder=None, server=None):
    context = None
    if folder:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/{server}.pem", f"{folder}/{server}-key.pem")
        context.load_verify_locations(f"{folder}/ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, path, context), daemon=True).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
