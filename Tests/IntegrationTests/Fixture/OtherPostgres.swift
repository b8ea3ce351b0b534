import DockerEngine
import Foundation
import Testing

/// Images with other versions of PostgreSQL than our own, made from packages when they are first asked for.
enum OtherPostgres {
    static let seventeen = "pgbc-test/postgres:17"
    static let eighteen = "pgbc-test/postgres:18"

    /// Makes sure that both are there.
    static func prepare() async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../scripts/lib/test-images.sh").standardized
        let program = Program(
            executable: try Places.program("bash", package: "bash"),
            arguments: [script.path(), "17", "18"],
            folder: FileManager.default.temporaryDirectory
        )
        let finished = try await program.run(limit: .seconds(400))
        try #require(finished.code == 0, "\(finished)")
    }
}

extension Cluster {
    /// The version that each node runs, as PostgreSQL says it, without its minor part.
    func majors() async throws -> Set<String> {
        var majors: Set<String> = []
        for node in try await status().nodes {
            let version = "SELECT current_setting('server_version_num')::int / 10000"
            majors.insert(try await self.node(node.node).value(version))
        }
        return majors
    }

    /// Builds an image of this test's own, that is removed at the end.
    func image(_ tag: String, from dockerfile: String) async throws -> String {
        let image = "pgbc-test/\(name):\(tag)"
        var context = TarArchive()
        context.addFile("Dockerfile", text: dockerfile)
        for try await _ in try await client.buildImage(context: context.bytes, BuildOptions(tag: image)) {}
        await onEnd { [client] in _ = try? await client.removeImage(image, force: true) }
        return image
    }
}
