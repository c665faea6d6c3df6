import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// What comes from a host or from the network never becomes more than a word.
@Suite struct HostCommandTests {
    @Test(
        "a word is quoted for its shell",
        arguments: [
            ("nginx.service", "nginx.service", "nginx.service"),
            ("getty@tty1.service", "getty@tty1.service", "'getty@tty1.service'"),
            ("a b", "'a b'", "'a b'"), ("it's", #"'it'\''s'"#, "'it''s'"),
            ("$(reboot)", "'$(reboot)'", "'$(reboot)'"), ("`id`", "'`id`'", "'`id`'"),
            ("x; reboot", "'x; reboot'", "'x; reboot'"), ("", "''", "''"), ("*", "'*'", "'*'"),
            ("{ 22, 80 }", "'{ 22, 80 }'", "'{ 22, 80 }'"), ("~root", "'~root'", "'~root'"),
        ])
    func quoting(_ word: String, forShell: String, forPowerShell: String) {
        #expect(HostCommand.Shell.sh.quoted(word) == forShell)
        #expect(HostCommand.Shell.powerShell.quoted(word) == forPowerShell)
        let command: HostCommand = "stop \(word)"
        #expect(command.text == "stop \(forShell)")
        #expect(command.read(by: .powerShell).text == "stop \(forPowerShell)")
    }

    @Test(
        "what cannot be passed on as it is makes no line",
        arguments: [
            "", "-rf", "--now", "a\nb", "a\u{1b}[2J", "naïve", "a\u{202e}b", "\u{2019}; reboot",
            "a\0b", String(repeating: "x", count: 2001),
        ])
    func unexpressible(_ word: String) {
        let command: HostCommand = "stop \(word)"
        #expect(!command.isExpressible)
        let remedy = Remedy(.scanAgain, steps: [.run(command), .run("true")])
        #expect(remedy.steps == [.run("true")])
    }

    /// A real shell takes each word for one argument, whatever it holds.
    @Test("sh reads one word", arguments: 1...20 as ClosedRange<UInt64>)
    func readByShell(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let words = (0..<40).map { _ in
            String(
                decoding: (0..<Int.random(in: 1...12, using: &random)).map { _ in
                    UInt8.random(in: 0x20...0x7e, using: &random)
                }, as: UTF8.self)
        }.filter { $0.first != "-" }
        var script: HostCommand = "printf '%s\\n'"
        for word in words { script.parts += [.fixed(" "), .word(word)] }
        #expect(script.isExpressible)
        let outcome = try ShellRun(script.text)
        #expect(outcome.output == words.map { $0 + "\n" }.joined())
    }
}
