import Testing

@testable import Reconcile

@Suite struct SocketDetailsTests {
    @Test func `details that lost their last rare fact are those that never had one`() {
        var details = SocketDetails()
        details.program = "sshd"
        #expect(details != SocketDetails())
        details.unit = nil
        #expect(details.program == "sshd")
        details.program = nil
        #expect(details == SocketDetails())
    }

    @Test func `merging keeps the rare facts that are known and takes the others`() {
        var details = SocketDetails()
        details.unit = "ssh.service"
        var other = SocketDetails()
        other.unit = "other.service"
        other.container = "web"
        other.dropCount = 7
        details.merge(other)
        #expect(details.unit == "ssh.service")
        #expect(details.container == "web")
        #expect(details.dropCount == 7)
    }
}
