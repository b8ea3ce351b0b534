/// A step of a pull.
public struct PullProgress: Sendable, Equatable {
    /// What is being done, as in `Downloading`.
    public var status: String
    /// The layer, or the tag; nil where the line is about the whole.
    public var id: String?
    /// Bytes done; nil where the engine does not count.
    public var current: Int?
    /// Bytes in all; nil where the engine does not know.
    public var total: Int?
}

/// A step of a build.
public enum BuildProgress: Sendable, Equatable {
    /// Text of the build and of the commands it runs; not always whole lines.
    case output(String)
    /// The pull of a base image.
    case pull(PullProgress)
    /// The image's ID; the last one is the build's result.
    case image(id: String)
}

/// A line of `POST /images/create`.
struct PullLine: ProgressLine {
    let progress: PullProgress?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        guard let status = try fields.decodeIfPresent(String.self, forKey: "status") else {
            progress = nil
            return
        }
        let detail = try fields.object("progressDetail")
        progress = PullProgress(
            status: status,
            id: try fields.decodeIfPresent(String.self, forKey: "id"),
            current: try detail?.decodeIfPresent(Int.self, forKey: "current"),
            total: try detail?.decodeIfPresent(Int.self, forKey: "total")
        )
    }
}

/// A line of `POST /build`.
struct BuildLine: ProgressLine {
    let progress: BuildProgress?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        if let text = try fields.decodeIfPresent(String.self, forKey: "stream") {
            progress = .output(text)
        } else if let id = try fields.object("aux")?.decodeIfPresent(String.self, forKey: "ID") {
            progress = .image(id: id)
        } else {
            progress = try PullLine(from: decoder).progress.map { .pull($0) }
        }
    }
}
