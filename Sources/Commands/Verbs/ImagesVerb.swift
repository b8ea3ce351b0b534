internal import ArgumentParser
internal import ClusterModel
internal import Orchestration

struct ImagesVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "Build and list the images that clusters are made from.",
        subcommands: [Build.self, List.self]
    )

    struct Build: Verb {
        static let configuration = CommandConfiguration(
            abstract: "Build the default images on the engine.",
            discussion: "Without names all that are missing are built."
        )

        @Argument(help: ArgumentHelp("Names of images, as images list shows them.", valueName: "image"))
        var names: [String] = []

        @Flag(help: "Build also what is there already.")
        var force = false

        @OptionGroup var style: StyleOptions

        func perform(in context: CommandContext) async throws {
            let display = Display(terminal: context.terminal, style: style.style)
            let engine = try await context.services.engine()
            let reports = try await engine.buildImages(names, force: force) { display.receive(.note($0)) }
            display.show(.array(reports.map(\.document)))
        }
    }

    struct List: Verb {
        static let configuration = CommandConfiguration(abstract: "List the images, whether there or not.")

        @OptionGroup var style: StyleOptions

        func perform(in context: CommandContext) async throws {
            let engine = try await context.services.engine()
            let reports = try await engine.images()
            Display(terminal: context.terminal, style: style.style).show(.array(reports.map(\.document)))
        }
    }
}

extension ImageReport {
    fileprivate var document: Document {
        [
            "image": .string(name),
            "purpose": .string(purpose),
            "state": id == nil ? "missing" : "there",
            "id": id.map(Document.string) ?? .null,
            "size": bytes.map { .string($0.byteText) } ?? .null,
        ]
    }
}
