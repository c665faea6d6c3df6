import Testing

@testable import Prober

@Suite struct PrivilegeDropTests {
    @Test(
        "root becomes whoever called sudo, or nobody",
        arguments: [
            ("1000", "1001", 1000, 1001),
            // Root that calls sudo is still root, and a half or foolish answer is none.
            ("0", "0", 65534, 65533),
            ("1000", "0", 65534, 65533),
            ("1000", nil, 65534, 65533),
            (nil, nil, 65534, 65533),
            ("-1", "-1", 65534, 65533),
            ("4294967295", "4294967295", 65534, 65533),
            ("user", "1000", 65534, 65533),
        ] as [(String?, String?, UInt32, UInt32)])
    func identity(of sudoUser: String?, _ sudoGroup: String?, is user: UInt32, _ group: UInt32) {
        let drop = PrivilegeDrop(
            effectiveUser: 0, sudoUser: sudoUser, sudoGroup: sudoGroup, nobody: (65534, 65533))
        #expect(drop?.user == user)
        #expect(drop?.group == group)
    }

    @Test func `who is not root has nothing to give up`() {
        let drop = PrivilegeDrop(
            effectiveUser: 1000, sudoUser: "1001", sudoGroup: "1001", nobody: (65534, 65534))
        #expect(drop == nil)
    }
}
