import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// Programs of the system that judge files, where they are installed.
enum Validator {
    /// The folder of the documented schemas.
    static let schemas = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../docs/schemas").standardizedFileURL.path()

    /// Whether python3 of the system has the package jsonschema.
    static let hasJSONSchema: Bool = {
        let run = try? ProgramRun.of("/usr/bin/python3", ["-c", "import jsonschema"])
        return run?.status == 0
    }()

    /// Whether xmllint is there.
    static let hasXMLLint = ProgramRun.path(of: "xmllint") != nil

    /// What of `json` does not fit the schema called `name`, or is not in it.
    static func faults(of json: [UInt8], in name: String) throws -> String {
        let script = """
            import json, sys, jsonschema
            schema = json.load(open(sys.argv[1]))
            def close(part):
                if isinstance(part, dict):
                    if "properties" in part and part.get("type") == "object":
                        part.setdefault("additionalProperties", False)
                    for value in part.values(): close(value)
                elif isinstance(part, list):
                    for value in part: close(value)
            close(schema)
            jsonschema.Draft202012Validator.check_schema(schema)
            for fault in jsonschema.Draft202012Validator(schema).iter_errors(json.load(sys.stdin)):
                print(fault.json_path, fault.message[:500])
            """
        let run = try ProgramRun.of(
            "/usr/bin/python3", ["-c", script, "\(schemas)/\(name)"], input: json)
        return String(decoding: run.output + run.errors, as: UTF8.self)
    }

    /// What of `xml` does not fit the schema called `name`.
    static func faults(ofXML xml: [UInt8], in name: String) throws -> String {
        let path = try #require(ProgramRun.path(of: "xmllint"))
        let run = try ProgramRun.of(
            path, ["--noout", "--schema", "\(schemas)/\(name)", "-"], input: xml)
        return run.status == 0 ? "" : String(decoding: run.errors, as: UTF8.self)
    }
}
