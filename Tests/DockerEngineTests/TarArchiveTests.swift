import Testing

@testable import DockerEngine

@Suite struct TarArchiveTests {
    private var sample: TarArchive {
        var archive = TarArchive()
        archive.addDirectory("etc/pg", mode: 0o700, uid: 999, gid: 998)
        archive.addFile(
            "etc/pg/node.conf",
            text: "port = 5432\n",
            mode: 0o600,
            uid: 999,
            gid: 998,
            modified: 1_700_000_000
        )
        archive.addFile("empty", [])
        archive.addFile("block", [UInt8](repeating: 7, count: 512))
        archive.addSymbolicLink("link", to: "etc/pg/node.conf")
        return archive
    }

    @Test func `what is written is read back`() throws {
        #expect(try TarArchive(bytes: sample.bytes) == sample)
        #expect(sample.bytes.count % 512 == 0)
        #expect(sample.file("/etc/pg/node.conf") == Array("port = 5432\n".utf8))
        #expect(sample.file("etc/pg") == nil)
    }

    @Test(arguments: [
        String(repeating: "d/", count: 60) + "name",
        String(repeating: "a", count: 99),
        String(repeating: "a", count: 100),
        String(repeating: "a", count: 101),
        String(repeating: "p", count: 155) + "/" + String(repeating: "n", count: 100),
        String(repeating: "p", count: 156) + "/" + String(repeating: "n", count: 100),
        String(repeating: "x", count: 5000),
        "größe/naïve.conf",
    ])
    func `long and foreign names are read back`(path: String) throws {
        var archive = TarArchive()
        archive.addFile(path, [1, 2, 3])
        archive.addDirectory(path + ".d")
        archive.addSymbolicLink("to", to: path)
        archive.addFile("plain", [4])
        #expect(try TarArchive(bytes: archive.bytes) == archive)
    }

    @Test func `an owner that does not fit the old field is read back`() throws {
        var archive = TarArchive()
        archive.addFile("f", [1], uid: 4_000_000_000, gid: 3_000_000)
        #expect(try TarArchive(bytes: archive.bytes) == archive)
    }

    @Test func `a cut archive is refused or ends early, and never crashes`() throws {
        let bytes = sample.bytes
        for length in stride(from: 0, to: bytes.count, by: 37) {
            let entries = (try? TarArchive(bytes: Array(bytes[..<length])))?.entries ?? []
            #expect(entries.count <= sample.entries.count)
        }
    }

    @Test func `a damaged header is refused with its place`() throws {
        var bytes = sample.bytes
        bytes[512 + 3] ^= 1
        #expect(throws: TarError(offset: 512, reason: "a header with a wrong checksum")) {
            try TarArchive(bytes: bytes)
        }
    }

    @Test func `contents that are cut off are refused`() throws {
        let error = try #require(throws: TarError.self) { try TarArchive(bytes: Array(sample.bytes[..<1030])) }
        #expect(error.description == "not a tar archive: an entry whose contents are cut off at byte 1024")
    }
}
