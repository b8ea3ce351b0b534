import FakeBackend
import Foundation
import Testing

@testable import Commands

struct PsqlTests {
    @Test func `a connection string is taken apart`() {
        let string = ConnectionString(#"host=127.0.0.1 port = 19999 password='a b\'c\\' user=x\ y empty=''"#)
        #expect(string["host"] == "127.0.0.1")
        #expect(string["port"] == "19999")
        #expect(string["password"] == #"a b'c\"#)
        #expect(string["user"] == "x y")
        #expect(string["empty"] == "")
    }

    @Test func `the password moves to a file`() {
        let string = ConnectionString("host=h port=1 password='a:b\\\\c' dbname='x y'")
        #expect(string.withPassword(inFile: "/tmp/f") == "host=h port=1 dbname='x y' passfile=/tmp/f")
        #expect(string.passwordLine == "*:*:*:*:a\\:b\\\\c\n")
        #expect(ConnectionString("host=h").passwordLine == nil)
    }

    @Test func `the password file can be read by its owner only and goes away`() throws {
        let folder = try TemporaryFolder()
        let file = try PasswordFile("line\n", temporary: folder.path)
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let parent = URL(fileURLWithPath: file.path).deletingLastPathComponent().path
        #expect(try FileManager.default.attributesOfItem(atPath: parent)[.posixPermissions] as? Int == 0o700)
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "line\n")
        file.remove()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func `psql gets no password in its arguments or its environment, and its exit code is ours`() async throws {
        let folder = try TemporaryFolder([
            "psql": """
            #!/bin/sh
            printf '%s\\n' "$@" > "$OUT/arguments"
            env > "$OUT/environment"
            cp "$(printf '%s' "$2" | sed 's/.*passfile=//')" "$OUT/passfile"
            exit 3
            """
        ])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/psql")
        let environment = [
            "PATH": "\(folder.path):/usr/bin:/bin", "OUT": folder.path, "TMPDIR": folder.path, "PGPASSWORD": "other",
        ]
        let backend = try await FakeRun.engine(holding: Sample.shop)
        let terminal = RecordingTerminal(environment: environment)
        let run = await FakeRun(["psql", "lb1", "--", "-c", "select 1"], on: backend, terminal: terminal)
        #expect(run.code == 3)
        #expect(run.output == "")
        let arguments = try folder.read("arguments")
        #expect(arguments.hasPrefix("-d\nhost=127.0.0.1 port=19999 user=postgres dbname=postgres passfile="))
        #expect(arguments.hasSuffix("\n-c\nselect 1\n"))
        #expect(!arguments.contains("cret"))
        let seen = try folder.read("environment")
        #expect(!seen.contains("cret") && !seen.contains("PGPASSWORD"))
        #expect(try folder.read("passfile") == "*:*:*:*:s e cret\n")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(left == ["arguments", "environment", "passfile", "psql"])
    }

    @Test func `without psql the message says how to install it`() async throws {
        let folder = try TemporaryFolder()
        let terminal = RecordingTerminal(environment: ["PATH": folder.path])
        let run = await FakeRun(["psql"], terminal: terminal)
        #expect(
            run.errors == """
                error: could not open psql: it is not installed on this machine
                  apt-get install postgresql-client (Debian, Ubuntu) or brew install libpq (macOS)

                """
        )
        #expect(run.code == 4)
    }
}
