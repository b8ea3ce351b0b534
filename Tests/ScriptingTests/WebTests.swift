import FakeBackend
import Orchestration
import Scripting
import Simulation
import Testing

struct WebTests {
    private func run(_ script: String, _ options: String..., web: FakeWeb = FakeWeb()) async throws -> FakeRun {
        let folder = try TemporaryFolder(["x.lua": script])
        return await FakeRun(
            ["run"] + options + ["x.lua"],
            on: try await FakeRun.engine(holding: Sample.shop),
            in: folder.folder,
            rehearsals: SimulatedRehearsals(),
            web: web
        )
    }

    private static let health = "http://health.test:8080/now"
    private static let hook = "https://hooks.test/T1?key=k"

    @Test(
        arguments: [
            ("http.get('http://health.test:8080/now')", "GET http://health.test:8080/now", "health.test:8080"),
            ("http.post('https://hooks.test/T1?key=k', 'x')", "POST https://hooks.test/T1", "hooks.test"),
            ("http { url = 'http://[::1]:80/' }", "GET http://[::1]:80/", "[::1]"),
        ]
    )
    func `a host that was not granted is refused with the flag that grants it`(
        script: String,
        title: String,
        grant: String
    ) async throws {
        let web = FakeWeb()
        let run = try await run(script, "--allow", "net=other.test,net=health.test:81", web: web)
        #expect(
            run.errors == "error: x.lua:1: could not \(title): this run may not\n  --allow net=\(grant) grants it\n"
        )
        #expect(run.code == 2)
        #expect(web.requests.isEmpty)
    }

    @Test(arguments: ["net", "net=health.test", "net=HEALTH.test:8080"])
    func `an answer has its status, its headers in small letters and its body`(grant: String) async throws {
        let answer = WebAnswer(status: 503, headers: [.init("X-Load", "9")], body: #"{"load":9}"#)
        let run = try await run(
            "local a = http.get('\(Self.health)') return { a.status, a.ok, a.headers['x-load'], a:json().load, a.url }",
            "--json",
            "--allow",
            grant,
            web: FakeWeb([Self.health: answer])
        )
        #expect(run.output == "[503,false,\"9\",9,\"\(Self.health)\"]\n")
    }

    @Test(arguments: ["hooks.test", "hooks.test:443"])
    func `the port of a scheme may be granted by its number`(grant: String) async throws {
        let web = FakeWeb()
        _ = try await run("http.post('\(Self.hook)', 'x')", "--allow", "net=\(grant)", web: web)
        #expect(web.requests.count == 1)
        let other = try await run("http.get('http://hooks.test/')", "--allow", "net=hooks.test:443", web: web)
        #expect(other.code == 2)
        #expect(web.requests.count == 1)
    }

    @Test func `a time limit may be longer than any time`() async throws {
        let web = FakeWeb()
        _ = try await run("http.get('\(Self.health)', { timeout = math.huge })", "--allow", "net", web: web)
        #expect(web.requests.map(\.timeout) == [.seconds(1_000_000_000)])
    }

    @Test(arguments: [
        "http { url = 'http://u:s3cret@x.test/', method = 'P T' }", "http.get('ftp://u:s3cret@x.test/?k=s3cret')",
    ])
    func `a message about a URL does not hold its password`(script: String) async throws {
        let run = try await run(script, "--allow", "net")
        #expect(run.code != 0)
        #expect(!run.errors.contains("s3cret"), "\(run.errors)")
    }

    @Test func `a table is sent as JSON`() async throws {
        let web = FakeWeb()
        _ = try await run("http.post('\(Self.hook)', { text = 'hi' })", "--allow", "net", web: web)
        let sent = try #require(web.requests.first)
        #expect(sent.method == "POST")
        #expect(sent.body == #"{"text":"hi"}"#)
        #expect(sent.headers.contains(.init("Content-Type", "application/json")))
    }

    @Test(arguments: [#"'a\xffb'"#, #"{ text = { 'a\xffb' } }"#, #"{ ['a\xffb'] = 1 }"#])
    func `a body that is not UTF-8 is refused before anything is sent`(body: String) async throws {
        let web = FakeWeb()
        let run = try await run("http.post('\(Self.hook)', \(body))", "--allow", "net", web: web)
        #expect(run.code == 2)
        #expect(run.errors.contains("not UTF-8"), "\(run.errors)")
        #expect(web.requests.isEmpty)
    }

    @Test func `a redirect is followed only to a host that was granted, and takes no secret elsewhere`() async throws {
        let moved = WebAnswer(status: 302, headers: [.init("Location", "http://new.test/a")])
        let web = FakeWeb(["http://old.test/": moved, "http://new.test/a": WebAnswer(status: 200)])
        let script = """
            local a = http.post('http://old.test/', 'x', { headers = { Authorization = 'Bearer s', Accept = '*/*' } })
            return a.url
            """
        let refused = try await run(script, "--allow", "net=old.test", web: web)
        #expect(refused.errors.contains("could not GET http://new.test/a: this run may not\n  --allow net=new.test"))
        let followed = try await run(script, "--allow", "net=old.test,net=new.test", web: web)
        #expect(followed.output == "http://new.test/a\n")
        let last = try #require(web.requests.last)
        #expect(last.method == "GET" && last.body.isEmpty)
        #expect(last.headers.map(\.name).sorted() == ["Accept", "User-Agent"])
    }

    @Test func `redirects come to an end`() async throws {
        let web = FakeWeb(["http://a.test/": WebAnswer(status: 307, headers: [.init("Location", "/")])])
        let run = try await run("http.get('http://a.test/', { redirects = 2 })", "--allow", "net", web: web)
        #expect(run.errors.contains("it was redirected more than 2 times"))
        #expect(web.requests.count == 3)
        let left = try await self.run(
            "return http.get('http://a.test/', { redirects = 0 }).status",
            "--allow",
            "net",
            web: web
        )
        #expect(left.output == "307\n")
    }

    @Test(
        arguments: [
            ("http.get('ftp://x.test/')", "write it as http://HOST:PORT/PATH"),
            ("http.get('http://u:p@x.test/')", "could not read the URL for x.test: it holds a name or a password"),
            ("http.get('/only/a/path')", "it has no host that could be asked"),
            ("http { url = 'http://x.test', metod = 'PUT' }", "has no option 'metod'; did you mean 'method'?"),
            ("http { url = 'http://x.test', method = 'P T' }", #"there is no method "P T""#),
            ("http { url = 'http://x.test', limit = -1 }", "bad argument 'limit' to http.request: expected an integer"),
            ("http(1)", "bad argument 'options' to http.request: expected a table"),
            ("pgbc.http('x')", "there is no 'pgbc.http'; write 'http' without 'pgbc.'"),
        ]
    )
    func `what makes no sense is refused before anything is sent`(script: String, message: String) async throws {
        let web = FakeWeb()
        let run = try await run(script, "--allow", "net", web: web)
        #expect(run.errors.contains(message))
        #expect(run.code != 0)
        #expect(web.requests.isEmpty)
    }

    @Test func `a dry run asks, and shows what would be sent instead of sending it`() async throws {
        let web = FakeWeb([Self.health: WebAnswer(status: 200, body: "up")])
        let run = try await run(
            "http.post('\(Self.hook)', { text = http.get('\(Self.health)').body })",
            "--dry-run",
            "--allow",
            "net",
            web: web
        )
        #expect(
            run.output.contains(#"+ send POST https://hooks.test/T1: {"text":"up"}  because the script asks for it"#)
        )
        #expect(web.requests.map(\.method) == ["GET"])
    }

    @Test func `a trial sends nothing`() async throws {
        let folder = try TemporaryFolder([
            "x.lua": "return http.get('\(Self.health)').ok and http.post('\(Self.hook)').ok"
        ])
        let web = FakeWeb()
        let run = await FakeRun(
            ["test", "--runs", "1", "--allow", "net", "x.lua"],
            in: folder.folder,
            rehearsals: SimulatedRehearsals(),
            web: web
        )
        #expect(run.code == 0, "\(run.errors)")
        #expect(web.requests.isEmpty)
    }

    @Test func `a run that sent something is recorded, without the secrets in its headers`() async throws {
        let shown = try await account(
            of: """
                http.post("https://hooks.test/T1", "deployed", { headers = { ["X-Api-Key"] = "s3cret", Accept = "*/*" } })
                """
        )
        #expect(shown.contains(#"http.request("POST", "https://hooks.test/T1""#))
        #expect(shown.contains(#""X-Api-Key":"***""#))
        #expect(shown.contains(#""Accept":"*/*""#))
    }

    @Test(arguments: [
        ("http.post('https://h.test/?token=s3cret&page=2', 'x')", #""https://h.test/?token=***&page=2""#),
        (#"http.post('https://h.test/', { password = 's3"cret', page = 2 })"#, #"\"password\":\"***\""#),
    ])
    func `what is recorded has no secret of the URL's query or of a JSON body`(script: String, kept: String)
        async throws
    {
        let shown = try await account(of: script)
        #expect(shown.contains(kept), "\(shown)")
        #expect(!shown.contains("cret"), "\(shown)")
    }

    /// What `pgbc runs show` prints of a run of this script.
    private func account(of script: String) async throws -> String {
        let folder = try TemporaryFolder(["x.lua": script])
        let terminal = RecordingTerminal(environment: ["NO_COLOR": "1", "XDG_STATE_HOME": "\(folder.path)/state"])
        _ = await FakeRun(["run", "--allow", "net", "x.lua"], in: folder.folder, terminal: terminal, web: FakeWeb())
        return await FakeRun(["runs", "show", "last"], in: folder.folder, terminal: terminal).output
    }
}
