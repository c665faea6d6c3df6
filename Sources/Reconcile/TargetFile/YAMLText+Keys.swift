import Prober
import Yams

extension YAMLText {
    /// Refuses keys that are no words, where composing the file might never end for them.
    ///
    /// Yams hashes the keys of each mapping. An alias as a key, or in one, stands for a tree that
    /// may hold another alias ten times, and so on: nine short lines hash for a minute. So the file
    /// is composed first with another character in place of each star. That makes every alias a
    /// word of its own, moves nothing, and leaves a tree no larger than the text.
    func checkKeys() throws(InputError) {
        guard text.unicodeScalars.contains("*"), text.unicodeScalars.contains("&"),
            let star = unusedScalar
        else { return }
        var disarmed = String.UnicodeScalarView()
        disarmed.append(contentsOf: text.unicodeScalars.lazy.map { $0 == "*" ? star : $0 })
        let node: Node?
        do {
            node = try Yams.compose(yaml: String(disarmed), .basic, .default, .utf8)
        } catch let error as YamlError {
            if case .duplicatedKeysInMapping(let keys, let context) = error,
                keys.first?.unicodeScalars.first == star
            {
                throw noWord(context.mark)
            }
            throw inputError(error)
        } catch {
            throw unreadable
        }
        if let node { try checkKeys(in: node, star: star) }
    }

    private func checkKeys(in node: Node, star: Unicode.Scalar) throws(InputError) {
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard case .scalar(let scalar) = key, !scalar.isAlias(star) else {
                    throw noWord(key.mark)
                }
                try checkKeys(in: value, star: star)
            }
        case .sequence(let sequence):
            for item in sequence { try checkKeys(in: item, star: star) }
        case .scalar(let scalar):
            // In a list, `[*a:b]` is an alias as the key of a mapping, and not a word.
            if scalar.isAlias(star), scalar.string.contains(":") { throw noWord(scalar.mark) }
        case .alias: break
        }
    }

    /// The error about a key at `mark` that is a list, a mapping or an alias.
    func noWord(_ mark: Mark?) -> InputError {
        location(mark).error("a key is no word", "Write keys as plain words.")
    }

    /// A character of the private use area that the file does not have.
    private var unusedScalar: Unicode.Scalar? {
        let area = 0xe000...0xf8ff as ClosedRange<UInt32>
        let used = Set(text.unicodeScalars.lazy.map(\.value).filter(area.contains))
        return area.first { !used.contains($0) }.flatMap { Unicode.Scalar($0) }
    }
}

extension Node.Scalar {
    /// Whether it stands for an alias, whose star is written as `star`.
    fileprivate func isAlias(_ star: Unicode.Scalar) -> Bool {
        style == .plain && string.unicodeScalars.first == star
    }
}
