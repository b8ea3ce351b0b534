/// Something that happened on the engine.
public struct EngineEvent: Sendable, Equatable, Decodable {
    /// `container`, `network`, `volume`, `image`, …
    public var type: String
    /// What happened, as in `die` or `exec_start: COMMAND`.
    public var action: String
    /// The ID of what it happened to.
    public var actorID: String
    /// Its name, labels and more, as in `exitCode`.
    public var attributes: [String: String]
    /// When, in nanoseconds since 1970 by the engine's clock.
    public var timeNano: Int

    /// Reads one line of `GET /events`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        type = try fields.value("Type", or: "")
        action = try fields.value("Action", or: "")
        let actor = try fields.object("Actor")
        actorID = try actor?.value("ID", or: "") ?? ""
        attributes = try actor?.value("Attributes", or: [:]) ?? [:]
        timeNano = try fields.value("timeNano", or: 0)
    }
}
