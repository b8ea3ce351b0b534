extension DraftReader {
    mutating func name(_ key: String, in section: Section, most: Int = Names.longest) -> String? {
        section.text(key, problems: &problems, must: Names.rule(1...most)) { Names.isName($0, 1...most) ? $0 : nil }
    }

    mutating func containerName(in section: Section) -> String? {
        section.text("container_name", problems: &problems, must: Names.rule(Names.containerLengths)) {
            Names.isName($0, Names.containerLengths) ? $0 : nil
        }
    }

    mutating func host(in section: Section) -> String? {
        let host = name("host", in: section)
        guard let host, host.lowercased() == "localhost" || IPv4Address(host) != nil else { return host }
        problems.note(
            section.path("host"),
            .string(host),
            "must be a name of the node's own",
            "give the address as \"ip_address\""
        )
        return nil
    }

    mutating func port(_ key: String, in section: Section) -> Int? {
        section.wholeNumber(key, in: 1...65535, problems: &problems, must: "a port is a whole number from 1 to 65535")
    }

    mutating func address(_ key: String, in section: Section) -> IPv4Address? {
        section.text(key, problems: &problems, must: "must be an IPv4 address", "for example \"172.30.1.20\"") {
            IPv4Address($0)
        }
    }

    mutating func image(in section: Section) -> String? {
        section.text(
            "image",
            problems: &problems,
            must: "is not a Docker image reference",
            "for example \"postgres:17\""
        ) {
            ImageReference($0) == nil ? nil : $0
        }
    }

    /// The driver that is named, or else that of the image.
    mutating func driver(in section: Section, image: String?) -> BalancerDriver {
        let names = drivers.all.map(\.name)
        let text = section["driver"]?.text
        let near = text.flatMap { $0.nearest(in: names) }.map { "did you mean \"\($0)\"?" }
        let named = section.text(
            "driver",
            problems: &problems,
            must: "this pgbc has no such driver",
            near ?? "it has \(names.joined(separator: ", "))"
        ) { drivers[$0] }
        guard let named else { return drivers.driver(of: image) }
        if image == nil, section["image"] == nil, named.defaultImage == nil, !drivers.takesUnknown {
            problems.note(section.path("driver"), section["driver"], "needs an image", "name one as \"image\"")
        }
        return named
    }

    mutating func settings(in section: Section) -> [String: String] {
        guard let value = section["settings"],
            let inner = Section(value, path: section.path("settings"), problems: &problems)
        else { return [:] }
        var settings: [String: String] = [:]
        for member in inner.members where member.value != .null {
            let name = member.key.lowercased()
            if let refusal = PostgresSetting.refusal(of: name) {
                problems.note(inner.path(member.key), member.value, refusal.reason, refusal.suggestion)
                continue
            }
            do throws(ParameterRefusal) {
                settings[name] = try ParameterType.text.normalized(member.value)
            } catch {
                problems.note(inner.path(member.key), member.value, error.reason, error.suggestion)
            }
        }
        return settings
    }

    /// The parameters under `config`, or under `pool`, which is its other name.
    mutating func parameters(in section: Section, driver: BalancerDriver) -> [String: String] {
        if let pool = section["pool"], section["config"] != nil {
            problems.note(
                section.path("pool"),
                pool,
                "is another name for \"config\", which is here too",
                "put all of it into one"
            )
        }
        let key = section["config"] == nil ? "pool" : "config"
        guard let value = section[key], let inner = Section(value, path: section.path(key), problems: &problems) else {
            return [:]
        }
        var parameters: [String: String] = [:]
        for member in inner.members where member.value != .null {
            parameters[member.key] = parameter(member, in: inner, driver: driver)
        }
        return parameters
    }

    private mutating func parameter(_ member: Document.Member, in section: Section, driver: BalancerDriver) -> String? {
        do throws(ParameterRefusal) {
            let parameter = try BalancerParameter.permitted(member.key, driver: driver)
            return try parameter.type.normalized(member.value)
        } catch {
            problems.note(section.path(member.key), member.value, error.reason, error.suggestion)
            return nil
        }
    }
}
