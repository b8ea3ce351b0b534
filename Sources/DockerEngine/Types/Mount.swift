/// What is mounted into a container, and where.
public struct Mount: Sendable, Hashable {
    /// What the mounted thing is.
    public enum Source: Sendable, Hashable {
        /// A named volume, made with these labels when it does not exist. With `noCopy`, an empty one is not filled from the image.
        case volume(String, noCopy: Bool = false, labels: [String: String] = [:])
        /// A path of the engine's host.
        case bind(String)
        /// Memory.
        case temporary
    }

    /// What is mounted.
    public var source: Source
    /// The absolute path inside the container.
    public var target: String
    /// Whether the container may only read it.
    public var readOnly: Bool

    /// A mount that can be written unless told otherwise.
    public init(_ source: Source, at target: String, readOnly: Bool = false) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
    }
}

extension Mount: Encodable {
    /// Writes the shape of `HostConfig.Mounts`.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.fields()
        try fields.encode(target, forKey: "Target")
        try fields.encode(readOnly, forKey: "ReadOnly")
        switch source {
        case .volume(let name, let noCopy, let labels):
            try fields.encode("volume", forKey: "Type")
            try fields.encode(name, forKey: "Source")
            var options = fields.object("VolumeOptions")
            try options.encode(noCopy, forKey: "NoCopy")
            try options.put(nonEmpty: labels, "Labels")
        case .bind(let path):
            try fields.encode("bind", forKey: "Type")
            try fields.encode(path, forKey: "Source")
        case .temporary:
            try fields.encode("tmpfs", forKey: "Type")
        }
    }
}

/// A mount of an existing container.
public struct MountPoint: Sendable, Equatable {
    /// `volume`, `bind` or `tmpfs`.
    public var kind: String
    /// The volume's name; nil for other kinds.
    public var volume: String?
    /// The path on the engine's host.
    public var source: String
    /// The path inside the container.
    public var target: String
    /// Whether the container may only read it.
    public var readOnly: Bool
}

extension MountPoint: Decodable {
    /// Reads the shape of `Mounts` in a list or an inspection.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        kind = try fields.value("Type", or: "")
        volume = kind == "volume" ? try fields.decodeIfPresent(String.self, forKey: "Name") : nil
        source = try fields.value("Source", or: "")
        target = try fields.value("Destination", or: "")
        readOnly = !(try fields.value("RW", or: true))
    }
}
