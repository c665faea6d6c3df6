/// The names of users by number, from text in the format of `passwd(5)`.
struct UserNames {
    private var names: [UInt32: String] = [:]

    /// The users in `text`; lines that do not follow the format are passed over.
    ///
    /// The first name of a number counts.
    init(parsing text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count >= 3, !fields[0].isEmpty, let number = UInt32(fields[2]),
                names[number] == nil
            else { continue }
            names[number] = String(fields[0])
        }
    }

    /// The name of user `number`, or the number itself when it has none.
    subscript(number: UInt32) -> String { names[number] ?? "\(number)" }
}
