/// All that is known about one volume.
public struct VolumeDetails: Sendable, Equatable, Decodable {
    /// The volume's name, which is its identity.
    public var name: String
    /// The driver that keeps it.
    public var driver: String
    /// Where it lies on the engine's host.
    public var mountpoint: String
    /// When it was created, as RFC 3339; empty where the driver does not tell.
    public var created: String
    /// The volume's labels.
    public var labels: [String: String]

    /// Reads `GET /volumes/{name}`, or one element of `GET /volumes`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        name = try fields.value("Name")
        driver = try fields.value("Driver", or: "")
        mountpoint = try fields.value("Mountpoint", or: "")
        created = try fields.value("CreatedAt", or: "")
        labels = try fields.value("Labels", or: [:])
    }
}
