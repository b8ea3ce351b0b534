import DockerEngine
import EngineGate
import Foundation
import Testing

@Suite(.enabled("an engine answers", EngineGate.isOpen), .timeLimit(.minutes(3)))
struct RealImageTests {
    private func context(_ dockerfile: String) -> [UInt8] {
        var context = TarArchive()
        context.addFile("Dockerfile", text: dockerfile)
        context.addFile("note.txt", text: "from the context\n")
        return context.bytes
    }

    @Test func `an image is built from a context in memory`() async throws {
        try await withEngine { engine in
            let client = engine.client
            let dockerfile = """
                FROM \(EngineFixture.image)
                ARG WORD
                COPY note.txt /note.txt
                RUN cat /note.txt; echo "said $WORD"
                EXPOSE 5432
                VOLUME /data
                """
            var options = BuildOptions(tag: engine.name("built") + ":1")
            options.labels = engine.labels
            options.arguments = ["WORD": "hello"]
            options.noCache = true
            var output = ""
            var id: String?
            for try await step in try await client.buildImage(context: context(dockerfile), options) {
                switch step {
                case .output(let text): output += text
                case .image(let built): id = built
                case .pull: break
                }
            }
            #expect(output.contains("from the context\n"))
            #expect(output.contains("said hello\n"))
            let details = try #require(try await client.inspectImage(engine.name("built") + ":1"))
            #expect(details.id == id)
            #expect(details.labels[EngineFixture.label] == engine.prefix)
            #expect(details.exposedPorts == [ContainerPort(5432)])
            #expect(details.volumes == ["/data"])
            #expect(try await client.listImages(labels: engine.mine).map(\.id).contains(details.id))
            try await client.tagImage(details.id, as: engine.name("built") + ":2")
            #expect(try await client.inspectImage(engine.name("built") + ":2")?.id == details.id)
        }
    }

    @Test func `a step that fails is thrown from the stream`() async throws {
        try await withEngine { engine in
            let context = context("FROM \(EngineFixture.image)\nRUN echo working; exit 9\n")
            var output = ""
            let error = await #expect(throws: EngineError.self) {
                for try await step in try await engine.client.buildImage(context: context, BuildOptions()) {
                    if case .output(let text) = step { output += text }
                }
            }
            #expect(error?.code == .serverError)
            #expect(error?.message.contains("9") == true)
            #expect(output.contains("working"))
        }
    }

    @Test func `a Dockerfile that cannot be read is refused`() async throws {
        try await withEngine { engine in
            let context = context("NONSENSE\n")
            let error = await #expect(throws: EngineError.self) {
                for try await _ in try await engine.client.buildImage(context: context, BuildOptions()) {}
            }
            #expect(error?.code == .badRequest || error?.code == .serverError)
        }
    }

    @Test func `an image is imported from a tar file`() async throws {
        try await withEngine { engine in
            var root = TarArchive()
            root.addFile("hello", text: "hi")
            let path = FileManager.default.temporaryDirectory.path + "/\(engine.prefix).tar"
            try Data(root.bytes).write(to: URL(filePath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }
            let tag = engine.name("imported") + ":1"
            for try await _ in try await engine.client.importImage(file: path, as: tag) {}
            #expect(try await engine.client.inspectImage(tag)?.tags == [tag])
            let missing = await #expect(throws: EngineError.self) {
                try await engine.client.importImage(file: path + ".none", as: tag)
            }
            #expect(missing?.code == .badRequest)
        }
    }
}
