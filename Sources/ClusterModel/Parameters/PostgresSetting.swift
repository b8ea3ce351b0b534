/// Which postgresql.conf settings a topology may have.
public enum PostgresSetting {
    /// Why a setting of this name (in lower case) is refused; nil if it is not.
    static func refusal(of name: String) -> ParameterRefusal? {
        if let owner = OwnedName.postgresSetting(name) {
            return ParameterRefusal(reason: owner.reason, suggestion: owner.suggestion)
        }
        guard isName(name) else {
            return ParameterRefusal(
                reason: "is not the name of a PostgreSQL setting",
                suggestion: "for example \"work_mem\""
            )
        }
        guard let slip = slip(name) else { return nil }
        return ParameterRefusal(reason: "PostgreSQL has no such setting", suggestion: "did you mean \"\(slip)\"?")
    }

    /// The known setting that this name misses by one or two letters.
    ///
    /// Nothing else is refused for being unknown: an image may hold a newer PostgreSQL, an extension its own settings.
    private static func slip(_ name: String) -> String? {
        guard !known.contains(name), !name.contains(".") else { return nil }
        return known.sorted().first { $0.editDistance(to: name) <= (name.count < 8 ? 1 : 2) }
    }

    /// Letters, digits and '_', with one dot in the name of an extension's setting.
    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                part.utf8.first.map { !$0.isDigit } == true
                    && part.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
            }
    }
}
