import Foundation
import StubEngine
import Testing

@testable import DockerEngine

@Suite(.timeLimit(.minutes(1))) struct `A login at a registry` {
    /// What is known of the registry of an image, by a file of logins.
    private func entry(for image: String, in json: String) throws -> RegistryLogins.Entry {
        let folder = FileManager.default.temporaryDirectory.appending(path: "logins-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try json.write(to: folder.appending(path: "config.json"), atomically: true, encoding: .utf8)
        let logins = RegistryLogins.fromEnvironment(["DOCKER_CONFIG": folder.path(), "HOME": "/nonexistent"])
        return try logins.entry(for: image)
    }

    @Test(arguments: [
        ("127.0.0.1:5000/pg:15", "127.0.0.1:5000", "anna"), ("old.example/team/pg", "old.example", "bert"),
        ("postgres:17", RegistryLogins.dockerHub, "hub"), ("team/pg:17", RegistryLogins.dockerHub, "hub"),
        ("docker.io/team/pg:17", RegistryLogins.dockerHub, "hub"),
    ]) func `is found by the host of the image, however its key was written`(
        image: String,
        registry: String,
        user: String
    ) throws {
        let auth = { (user: String) in Data("\(user):a:b".utf8).base64EncodedString() }
        let file = """
            {"auths": {"127.0.0.1:5000": {"auth": "\(auth("anna"))"}, "https://old.example/v1/": {"auth": "\(auth("bert"))"},
             "https://index.docker.io/v1/": {"username": "hub", "password": "a:b"}}}
            """
        let login = RegistryLogin(registry: registry, user: user, password: "a:b", identityToken: "")
        #expect(try entry(for: image, in: file) == .login(login))
        #expect(try entry(for: "other.example/pg", in: file) == .nothing)
    }

    @Test func `that a program keeps is named, not guessed`() throws {
        let file = #"{"auths": {"a.example": {}}, "credsStore": "pass", "credHelpers": {"b.example": "ecr"}}"#
        #expect(try entry(for: "a.example/pg", in: file) == .keptBy(program: "docker-credential-pass"))
        #expect(try entry(for: "b.example/pg", in: file) == .keptBy(program: "docker-credential-ecr"))
        #expect(try entry(for: "c.example/pg", in: file) == .nothing)
    }

    @Test func `may be a token`() throws {
        let login = RegistryLogin(registry: "a.example", user: "", password: "", identityToken: "t")
        #expect(
            try entry(for: "a.example/pg", in: #"{"auths": {"a.example": {"identitytoken": "t"}}}"#) == .login(login)
        )
    }

    @Test func `needs no file`() throws {
        let nowhere = RegistryLogins.fromEnvironment(["HOME": "/nonexistent"])
        #expect(try nowhere.entry(for: "postgres") == .nothing)
    }

    @Test(arguments: ["{", #"{"auths": {"a.example": {"auth": "bm9jb2xvbg=="}}}"#])
    func `in a file that is broken is an error with its name`(file: String) throws {
        let error = #expect(throws: EngineError.self) { _ = try entry(for: "a.example/pg", in: file) }
        #expect(error?.operation.hasPrefix("read the login for a.example in /") == true)
        #expect(error?.message == "it is not as docker login writes it")
    }

    @Test func `goes with a pull as the engine reads it`() async throws {
        let login = RegistryLogin(registry: "r.example", user: "anna", password: "secret>>?", identityToken: "")
        try await withStubEngine { _, _ in
            .reply(200, #"{"status":"Pull complete"}"#)
        } _: { client, engine in
            for try await _ in try await client.pullImage("r.example/pg:15", login: login) {}
            for try await _ in try await client.pullImage("r.example/pg:15") {}
            let sent = await engine.calls.map { $0.headers["x-registry-auth"] }
            let standard = (sent[0] ?? "").replacing("-", with: "+").replacing("_", with: "/")
            let fields = try JSONDecoder().decode([String: String].self, from: Data(base64Encoded: standard) ?? Data())
            #expect(fields == ["username": "anna", "password": "secret>>?", "serveraddress": "r.example"])
            #expect(sent[1] == nil)
        }
    }
}
