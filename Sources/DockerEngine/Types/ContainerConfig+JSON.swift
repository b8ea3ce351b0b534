extension ContainerConfig: Encodable {
    /// Writes the body of `POST /containers/create`.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.fields()
        try fields.encode(image, forKey: "Image")
        try fields.put(entrypoint, "Entrypoint")
        try fields.put(command, "Cmd")
        try fields.put(nonEmpty: environment.map { "\($0)=\($1)" }.sorted(), "Env")
        try fields.put(nonEmpty: labels, "Labels")
        try fields.put(nonEmpty: exposedPortSet, "ExposedPorts")
        try fields.put(hostname, "Hostname")
        try fields.put(stopSignal, "StopSignal")
        try fields.put(stopTimeout, "StopTimeout")
        try fields.put(user, "User")
        try fields.put(workingDirectory, "WorkingDir")
        try fields.put(disablesHealthcheck ? ["Test": ["NONE"]] : nil, "Healthcheck")
        try fields.put(tty ? true : nil, "Tty")
        var host = fields.object("HostConfig")
        try encodeHostConfig(&host)
        guard let network else { return }
        try fields.encode(["EndpointsConfig": [network.name: network]], forKey: "NetworkingConfig")
    }

    private var exposedPortSet: [String: [String: String]] {
        let ports = exposedPorts + publishedPorts.map(\.containerPort)
        return Dictionary(ports.map { ($0.description, [:]) }) { first, _ in first }
    }

    private func encodeHostConfig(_ fields: inout KeyedEncodingContainer<FieldName>) throws {
        try fields.put(publishedPorts.isEmpty ? nil : PortMap(publishedPorts), "PortBindings")
        try fields.put(nonEmpty: mounts, "Mounts")
        try fields.put(network?.name, "NetworkMode")
        try fields.put(nonEmpty: extraHosts.map { "\($0.name):\($0.address)" }, "ExtraHosts")
        try fields.encode(restartPolicy, forKey: "RestartPolicy")
        try fields.put(nonEmpty: capAdd, "CapAdd")
        try fields.put(shmSize, "ShmSize")
        try fields.put(logging, "LogConfig")
        try fields.put(seesHostProcesses ? "host" : nil, "PidMode")
        try fields.put(usesInit ? true : nil, "Init")
    }
}

extension NetworkAttachment: Encodable {
    /// Writes an endpoint's settings; the network's name is their key.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.fields()
        try fields.put(nonEmpty: aliases, "Aliases")
        guard let ipv4Address else { return }
        try fields.encode(["IPv4Address": ipv4Address], forKey: "IPAMConfig")
    }
}

extension RestartPolicy: Codable {
    /// Reads the shape of `HostConfig.RestartPolicy`; a name that is not known reads as `no`.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.fields()
        let name: String = try fields.value("Name", or: "")
        switch name {
        case "always": self = .always
        case "unless-stopped": self = .unlessStopped
        case "on-failure": self = .onFailure(maximumRetries: try fields.value("MaximumRetryCount", or: 0))
        default: self = .no
        }
    }

    /// Writes the shape of `HostConfig.RestartPolicy`.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.fields()
        switch self {
        case .no: try fields.encode("no", forKey: "Name")
        case .always: try fields.encode("always", forKey: "Name")
        case .unlessStopped: try fields.encode("unless-stopped", forKey: "Name")
        case .onFailure(let maximumRetries):
            try fields.encode("on-failure", forKey: "Name")
            try fields.encode(maximumRetries, forKey: "MaximumRetryCount")
        }
    }
}

extension LogLimits: Encodable {
    /// Writes the shape of `HostConfig.LogConfig`.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.fields()
        try fields.encode("json-file", forKey: "Type")
        try fields.encode(["max-size": maxSize, "max-file": "\(maxFiles)"], forKey: "Config")
    }
}
