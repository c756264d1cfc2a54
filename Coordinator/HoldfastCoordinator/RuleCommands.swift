import AllocationModel
import ArgumentParser
import Foundation

struct RuleCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract:
            "Checks, tries, publishes, lists and restores the rules by which orders are filled.",
        discussion: """
            Published rules hold from the next order on; every decision keeps their version.
            Examples/README.md says what a rule file may say.

            Examples:
              holdfast-coordinator rules check rules.yaml
              holdfast-coordinator rules try rules.yaml --last 500
              holdfast-coordinator rules publish rules.yaml --comment "spring terms"
              holdfast-coordinator rules rollback 3 --comment "as before spring"
            """,
        subcommands: [
            Check.self, Try.self, Publish.self, Rollback.self, List.self, Show.self,
        ]
    )

    /// Who publishes, and why.
    struct Remark: ParsableArguments {
        @Option(help: "Why, for whoever reads the list of versions.")
        var comment: String
        @Option(help: "Who publishes; the name of your account where left out.")
        var by: String?

        var members: [JSONMember] {
            [
                JSONMember("comment", .string(comment)),
                JSONMember("by", .string(by ?? NSUserName())),
            ]
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what in a rule file is wrong, or probably not meant, line by line.",
            discussion: """
                Asks the running coordinator, which knows the warehouses and the directories. Exits
                with 65 where the file could not be published.

                Example:
                  holdfast-coordinator rules check rules.yaml
                """
        )

        @Argument(help: "The rule file, or - for standard input.")
        var file: String
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let body: JSONValue = ["text": .string(try ruleText(at: file))]
            let answer = try await office.client.ask(
                "POST",
                "/v1/rules/check",
                body: Data(body.bytes)
            )
            guard answer.isSuccess else { throw report(answer) }
            let findings = answer.rows("findings")
            if format.json { print(answer.body) } else { show(findings, in: file) }
            if findings.contains(where: { $0["error"] as? Bool == true }) {
                throw ExitCode(Exit.data)
            }
            if findings.isEmpty, !format.json { print("\(file): nothing to object to") }
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a rule file in force from the next order on.",
            discussion: """
                Checked first: with an error nothing is changed.

                Example:
                  holdfast-coordinator rules publish rules.yaml --comment "spring terms"
                """
        )

        @Argument(help: "The rule file, or - for standard input.")
        var file: String
        @OptionGroup var remark: Remark
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let text = JSONMember("text", .string(try ruleText(at: file)))
            let answer = try await office.client.ask(
                "POST",
                "/v1/rules",
                body: Data(JSONValue.object([text] + remark.members).bytes)
            )
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            show(answer.rows("findings"), in: file)
            showPublished(answer)
        }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts an older version in force again, as a version of its own.",
            discussion: "Example:\n  holdfast-coordinator rules rollback 3 --comment \"as before\""
        )

        @Argument(help: "The version; ‘rules list’ shows them.")
        var version: Int64
        @OptionGroup var remark: Remark
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let answer = try await office.client.ask(
                "POST",
                "/v1/rules/\(version)/restore",
                body: Data(JSONValue.object(remark.members).bytes)
            )
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            showPublished(answer)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the versions, the newest first.",
            discussion: "Example:\n  holdfast-coordinator rules list"
        )

        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let answer = try await office.client.ask("GET", "/v1/rules")
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            let rows = answer.rows("versions")
                .map { version in
                    [
                        "\(version["version"] as? Int ?? 0)",
                        version["inForce"] as? Bool == true ? "in force" : "",
                        version["at"] as? String ?? "", version["by"] as? String ?? "",
                        version["comment"] as? String ?? "",
                    ]
                }
            printTable(["VERSION", "", "PUBLISHED", "BY", "COMMENT"], rows)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the file of one version as it was published.",
            discussion: "Example:\n  holdfast-coordinator rules show 3 > rules.yaml"
        )

        @Argument(help: "The version; ‘rules list’ shows them.")
        var version: Int64
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let answer = try await office.client.ask(
                "GET",
                "/v1/rules/\(version)",
                accepting: format.mediaType
            )
            guard answer.isSuccess else { throw report(answer) }
            print(answer.body, terminator: answer.body.hasSuffix("\n") ? "" : "\n")
        }
    }
}

struct DirectoryCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory",
        abstract: "Imports the customers and SKUs that rules look at.",
        subcommands: [Import.self]
    )

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Takes a CSV or JSON file, whole or not at all; it holds from the next order on.",
            discussion: """
                Customers: id, company, segment, contract, tags. SKUs: sku, warehouses, regions,
                handling, hazmat, freight_class, reorder_point. Words of a list stand between
                semicolons. Entries that the file does not name stay, unless with --replace.

                Examples:
                  holdfast-coordinator directory import customers customers.csv
                  holdfast-coordinator directory import skus skus.json --replace
                """
        )

        @Argument(help: "customers or skus.")
        var directory: String
        @Argument(help: "The file, or - for standard input.")
        var file: String
        @Flag(help: "Remove entries that the file does not name.")
        var replace = false
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func validate() throws {
            guard ["customers", "skus"].contains(directory) else {
                throw ValidationError("‘\(directory)’ is no directory; write customers or skus")
            }
        }

        func run() async throws {
            let answer = try await office.client.ask(
                "POST",
                "/v1/directories/\(directory)?replace=\(replace)",
                body: try contents(of: file)
            )
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            let imported = answer.document?["imported"] as? Int ?? 0
            let total = answer.document?["total"] as? Int ?? 0
            print("\(imported) taken; the directory has \(total) \(directory)")
        }
    }
}

/// Reads a file, or standard input for `-`; says so and exits where it cannot.
func contents(of file: String) throws -> Data {
    if file == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    guard let contents = FileManager.default.contents(atPath: file) else {
        complain("\(file) cannot be read; give the path of a file, or - for standard input")
        throw ExitCode(Exit.noInput)
    }
    return contents
}

func ruleText(at file: String) throws -> String {
    guard let text = String(data: try contents(of: file), encoding: .utf8) else {
        complain("\(file) is not UTF-8; save it as UTF-8")
        throw ExitCode(Exit.data)
    }
    return text
}

/// Prints findings as compilers do: `rules.yaml:4: error: …`.
private func show(_ findings: [[String: Any]], in file: String) {
    for finding in findings {
        let line = finding["line"] as? Int ?? 0
        let word = finding["error"] as? Bool == true ? "error" : "warning"
        let detail = finding["detail"] as? String ?? ""
        let hint = finding["hint"] as? String ?? ""
        print("\(file):\(line): \(word): \(detail); \(hint)")
    }
}

private func showPublished(_ answer: OfficeClient.Answer) {
    let published = answer.document?["published"] as? [String: Any]
    print("version \(published?["version"] as? Int ?? 0) is in force")
}
