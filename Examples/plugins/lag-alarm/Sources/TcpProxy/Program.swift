/// The proxy. It asks the control volume for each client who is primary, so that it follows every promotion and knows of every node
/// at once. A replica that can be reached is `waiting`: it gets clients when it becomes the primary.
let program = #"""
    import asyncio
    import json
    import os

    CONTROL = os.environ["CONTROL"]
    TIMEOUT = float(os.environ["CONNECT_TIMEOUT"])


    def lines(name):
        with open(os.path.join(CONTROL, name), encoding="utf-8") as file:
            return [line.split() for line in file]


    def nodes():
        """Number: address and port, of every node."""
        return {int(line[0]): (line[2], int(line[3])) for line in lines("nodes") if line[0] != "end"}


    def primary():
        return int(lines("primary")[0][1])


    async def connected(address):
        return await asyncio.wait_for(asyncio.open_connection(*address), TIMEOUT)


    async def pump(source, sink):
        try:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.close()


    async def client(reader, writer):
        try:
            node_reader, node_writer = await connected(nodes()[primary()])
        except (OSError, LookupError, ValueError, asyncio.TimeoutError) as error:
            print("no primary for a client:", repr(error))
            writer.close()
            return
        await asyncio.gather(pump(reader, node_writer), pump(node_reader, writer))


    async def seen(number, address):
        role = "primary" if number == primary() else "standby"
        try:
            _, writer = await connected(address)
            writer.close()
        except (OSError, asyncio.TimeoutError):
            return {"id": number, "status": "down", "role": role}
        return {"id": number, "status": "up" if role == "primary" else "waiting", "role": role}


    async def view(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        try:
            found = await asyncio.gather(*(seen(*node) for node in nodes().items()))
            status, body = "200 OK", json.dumps(found).encode()
        except (OSError, LookupError, ValueError) as error:
            status, body = "503 Service Unavailable", json.dumps({"error": repr(error)}).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


    async def main():
        await asyncio.start_server(view, port=8080)
        server = await asyncio.start_server(client, port=9999)
        await server.serve_forever()


    asyncio.run(main())

    """#
