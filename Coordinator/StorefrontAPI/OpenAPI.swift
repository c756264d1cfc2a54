/// The API's description, served at `/openapi.yaml`.
///
/// Written by hand; tests hold its paths, problem codes and fields to what the
/// code answers.
package enum OpenAPI {
    /// OpenAPI 3.1.
    package static let document = #"""
        openapi: 3.1.0
        info:
          title: Holdfast coordinator
          version: "1"
          summary: Places orders over many warehouses, and says why.
          description: |
            Money is a decimal string in the order's currency. An instant is ISO 8601 in UTC, a day
            is YYYY-MM-DD. A field that has nothing to say is null. Unknown fields and unknown query
            parameters are refused.

            Every error is an RFC 9457 problem with a stable `code`. Switch on the code; the
            sentences may change. What is wrong with a body is listed in `errors`, all at once.
          license:
            name: Apache-2.0
            identifier: Apache-2.0
        servers:
          - url: http://127.0.0.1:8480
        security: []
        tags:
          - name: orders
          - name: warehouses
          - name: alerts
          - name: rules
          - name: shopify
          - name: operations
        paths:
          /v1/orders:
            post:
              tags: [orders]
              operationId: submitOrder
              summary: Places an order, or returns the outcome of one placed before.
              description: |
                The order's `id` is the idempotency key: send the same order as often as you like,
                it is placed once. The header `Idempotency-Key` may carry the id instead; where both
                are given they must be equal.

                The answer comes when the order is decided. A decided order is a resource even if it
                is refused: 201 with `status: refused` and a reason for each line in the way, because
                stock and dates change and the refusal can be looked up and explained. Where the
                order could never be filled as it stands - no warehouse carries the SKU, or the SKU
                is not sold in that quantity - the answer is 422 `line_not_sellable` with pointers,
                because only a changed order can succeed. Either way the id is used up.
              parameters:
                - $ref: "#/components/parameters/idempotencyKey"
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      $ref: "#/components/schemas/OrderRequest"
              responses:
                "200":
                  description: Placed before; the same answer again.
                  headers:
                    Location:
                      $ref: "#/components/headers/Location"
                  content:
                    application/json:
                      schema:
                        $ref: "#/components/schemas/Order"
                "201":
                  description: Decided now, confirmed or refused as `status` says.
                  headers:
                    Location:
                      $ref: "#/components/headers/Location"
                  content:
                    application/json:
                      schema:
                        $ref: "#/components/schemas/Order"
                "400":
                  $ref: "#/components/responses/Problem"
                "413":
                  $ref: "#/components/responses/Problem"
                "415":
                  $ref: "#/components/responses/Problem"
                "422":
                  $ref: "#/components/responses/Problem"
                "503":
                  $ref: "#/components/responses/NotNow"
                default:
                  $ref: "#/components/responses/Problem"
            get:
              tags: [orders]
              operationId: listOrders
              summary: Lists orders, newest first.
              parameters:
                - name: status
                  in: query
                  schema:
                    $ref: "#/components/schemas/Status"
                - name: limit
                  in: query
                  schema: {type: integer, minimum: 1, maximum: 200, default: 50}
                - name: before
                  in: query
                  description: Only orders received before this one; `next` carries it.
                  schema: {$ref: "#/components/schemas/Id"}
              responses:
                "200":
                  description: One page.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [orders, next]
                        properties:
                          orders:
                            type: array
                            items:
                              $ref: "#/components/schemas/OrderSummary"
                          next:
                            type: [string, "null"]
                            description: The address of the next page, if there is one.
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/orders/{id}:
            get:
              tags: [orders]
              operationId: showOrder
              summary: Returns an order and what became of it.
              parameters:
                - $ref: "#/components/parameters/id"
              responses:
                "200":
                  description: The order; as text where the client prefers text/plain.
                  content:
                    application/json:
                      schema:
                        $ref: "#/components/schemas/Order"
                    text/plain:
                      schema: {type: string}
                "404":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/orders/{id}/explanation:
            get:
              tags: [orders]
              operationId: explainOrder
              summary: Says what every warehouse offered, and why it was or was not used.
              parameters:
                - $ref: "#/components/parameters/id"
              responses:
                "200":
                  description: The explanation; as text where the client prefers text/plain.
                  content:
                    application/json:
                      schema:
                        $ref: "#/components/schemas/Explanation"
                    text/plain:
                      schema: {type: string}
                "404":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/orders/{id}/replay:
            get:
              tags: [orders]
              operationId: replayOrder
              summary: Solves a decided order again from its record.
              parameters:
                - $ref: "#/components/parameters/id"
              responses:
                "200":
                  description: Whether the same came of it, and what did.
                  content:
                    application/json:
                      schema:
                        $ref: "#/components/schemas/Replay"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/orders/{id}/cancel:
            post:
              tags: [orders]
              operationId: cancelOrder
              summary: Withdraws an order; cancelling twice is cancelling once.
              parameters:
                - $ref: "#/components/parameters/id"
              responses:
                "200":
                  description: The order, cancelled.
                  content:
                    application/json:
                      schema:
                        $ref: "#/components/schemas/Order"
                "404":
                  $ref: "#/components/responses/Problem"
                "409":
                  $ref: "#/components/responses/Problem"
                "503":
                  $ref: "#/components/responses/NotNow"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/orders/{id}/resource:
            post:
              tags: [orders]
              operationId: resourceOrder
              summary: >-
                Sources what has not shipped of a decided order again, by another plan that takes
                the place of the one in force, or shows how it would.
              parameters:
                - $ref: "#/components/parameters/id"
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [by, reason]
                      properties:
                        by: {type: string, minLength: 1, maxLength: 500}
                        reason: {type: string, minLength: 1, maxLength: 500}
                        exclude:
                          description: Warehouses that may ship nothing of it.
                          type: array
                          items: {$ref: "#/components/schemas/Id"}
                        force:
                          description: The only warehouses that may ship it.
                          type: array
                          items: {$ref: "#/components/schemas/Id"}
                        serviceLevel: {$ref: "#/components/schemas/ServiceLevel"}
                        backorder:
                          description: >-
                            Whether more may then be on backorder than is now, as far as the order
                            allows that at all.
                          type: boolean
                          default: false
                        dryRun:
                          description: Whether to show the plan and change nothing.
                          type: boolean
                          default: false
              responses:
                "200":
                  description: The plan beside the one in force, and the order as it stands after.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/ResourcingComparison"}
                    text/plain:
                      schema: {type: string}
                "404":
                  $ref: "#/components/responses/Problem"
                "409":
                  $ref: "#/components/responses/Problem"
                "422":
                  $ref: "#/components/responses/Problem"
                "503":
                  $ref: "#/components/responses/NotNow"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/orders/{id}/change:
            post:
              tags: [orders]
              operationId: changeOrder
              summary: >-
                Makes a decided order another: other quantities, lines cancelled, another address.
                What has not shipped is sourced as the order then is, or shown how it would be.
              description: |
                What has shipped stays. The plan takes the place of the one in force in one step; where
                there is none, nothing is changed. An order that is sent again as it was placed is
                still the same order.
              parameters:
                - $ref: "#/components/parameters/id"
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [by, reason]
                      properties:
                        by: {type: string, minLength: 1, maxLength: 500}
                        reason: {type: string, minLength: 1, maxLength: 500}
                        lines:
                          description: The lines that change; others stay as they are.
                          type: array
                          maxItems: 500
                          items:
                            type: object
                            additionalProperties: false
                            required: [line]
                            oneOf:
                              - {required: [quantity]}
                              - {required: [cancel]}
                            properties:
                              line:
                                description: Its id, or its SKU where no other line is of that.
                                type: string
                              quantity:
                                description: How many in all, with what has shipped of it.
                                type: integer
                                minimum: 0
                                maximum: 1000000000
                              cancel:
                                description: What of it has not shipped is cancelled.
                                type: boolean
                                const: true
                        destination: {$ref: "#/components/schemas/DestinationRequest"}
                        notBefore:
                          description: >-
                            The first day; with a destination. Where neither day is given, both stay.
                          type: string
                        deliverBy:
                          description: The last day, as of an order; with a destination.
                          type: string
                        backorder:
                          description: >-
                            Whether more may then be on backorder than is now, as far as the order
                            allows that at all.
                          type: boolean
                          default: false
                        dryRun:
                          description: Whether to show the plan and change nothing.
                          type: boolean
                          default: false
              responses:
                "200":
                  description: The plan beside the one in force, and the order as it stands after.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/ResourcingComparison"}
                    text/plain:
                      schema: {type: string}
                "404":
                  $ref: "#/components/responses/Problem"
                "409":
                  $ref: "#/components/responses/Problem"
                "422":
                  $ref: "#/components/responses/Problem"
                "503":
                  $ref: "#/components/responses/NotNow"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/quotes:
            post:
              tags: [orders]
              operationId: quoteOrder
              summary: Says what an order would cost, and when it would arrive, if placed now.
              description: |
                An order's body; its `id` may be left out and means nothing. Every service level from
                the order's on has its own plan, under the rules of the office as for an order; one
                that is neither cheaper nor sooner than another is left out. Nothing is set aside: an
                order that is placed later may find less, and other prices.
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      $ref: "#/components/schemas/OrderRequest"
              responses:
                "200":
                  description: The options, by rising service level; none where nobody can ship it.
                  content:
                    application/json:
                      schema:
                        $ref: "#/components/schemas/Quote"
                    text/plain:
                      schema: {type: string}
                "400":
                  $ref: "#/components/responses/Problem"
                "413":
                  $ref: "#/components/responses/Problem"
                "415":
                  $ref: "#/components/responses/Problem"
                "422":
                  $ref: "#/components/responses/Problem"
                "503":
                  $ref: "#/components/responses/NotNow"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/availability:
            get:
              tags: [warehouses]
              operationId: showAvailability
              summary: Asks every warehouse what it has of a SKU for a destination. Holds nothing.
              parameters:
                - name: sku
                  in: query
                  required: true
                  schema: {$ref: "#/components/schemas/Id"}
                - name: postalCode
                  in: query
                  required: true
                  schema: {type: string, maxLength: 16}
                - name: country
                  in: query
                  schema: {type: string, pattern: "^[A-Z]{2}$", default: US}
                - name: residential
                  in: query
                  schema: {type: boolean, default: false}
              responses:
                "200":
                  description: What each warehouse that answered has.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [sku, warehouses]
                        properties:
                          sku: {type: string}
                          warehouses:
                            type: array
                            items:
                              $ref: "#/components/schemas/Availability"
                "400":
                  $ref: "#/components/responses/Problem"
                "503":
                  $ref: "#/components/responses/NotNow"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/warehouses:
            get:
              tags: [warehouses]
              operationId: listWarehouses
              summary: Lists every warehouse and how its agent stands.
              responses:
                "200":
                  description: By rising warehouse.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [warehouses]
                        properties:
                          warehouses:
                            type: array
                            items:
                              $ref: "#/components/schemas/Warehouse"
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/audit:
            get:
              tags: [orders]
              operationId: auditLog
              summary: Compares the decision log with itself.
              description: |
                Reads all of it: nothing is decided meanwhile, which takes a second or two for a
                hundred thousand orders.
              responses:
                "200":
                  description: What was found; nothing where all is well.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [findings, conflicts, lease_conflicts]
                        properties:
                          findings:
                            description: A sentence for each contradiction.
                            type: array
                            items: {type: string}
                          conflicts:
                            description: What was forced, and decided otherwise; the latest first.
                            type: array
                            items:
                              type: object
                              required: [transaction, override]
                              properties:
                                transaction: {type: string}
                                override: {$ref: "#/components/schemas/Override"}
                          lease_conflicts:
                            description: |
                              A sentence for each lease that was written off when orders had drawn on
                              it; the latest first.
                            type: array
                            items: {type: string}
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/rules:
            get:
              tags: [rules]
              operationId: listRules
              summary: Lists the versions of the rules, the newest first.
              responses:
                "200":
                  description: The first is in force.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [versions]
                        properties:
                          versions:
                            type: array
                            items: {$ref: "#/components/schemas/RuleVersion"}
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
            post:
              tags: [rules]
              operationId: publishRules
              summary: Puts rules in force from the next order on.
              description: |
                Checked first: with an error nothing is changed, and 422 `invalid_rules` lists every one with
                its line.
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [text, comment, by]
                      properties:
                        text: {type: string}
                        comment: {type: string, minLength: 1, maxLength: 500}
                        by: {type: string, minLength: 1, maxLength: 500}
              responses:
                "201":
                  description: The new version, and what should be looked at all the same.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [published, findings]
                        properties:
                          published: {$ref: "#/components/schemas/RuleVersion"}
                          findings:
                            type: array
                            items: {$ref: "#/components/schemas/RuleFinding"}
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/rules/check:
            post:
              tags: [rules]
              operationId: checkRules
              summary: Checks rules without publishing them.
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [text]
                      properties:
                        text: {type: string}
              responses:
                "200":
                  description: What a person should look at; nothing where all is well.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [findings]
                        properties:
                          findings:
                            type: array
                            items: {$ref: "#/components/schemas/RuleFinding"}
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/rules/try:
            post:
              tags: [rules]
              operationId: tryRules
              summary: Solves decided orders again under a draft, from their recorded bids.
              description: |
                Nothing is published or reserved. A request tries for some ten seconds: ask again for what is
                left, with the answer's `last` as `before`, or with the orders after it.
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [text]
                      properties:
                        text: {type: string}
                        last:
                          description: Of the newest orders, so many.
                          type: integer
                          minimum: 1
                          maximum: 50
                        before:
                          description: Only orders received before this one.
                          $ref: "#/components/schemas/Id"
                        orders:
                          description: These orders, in place of the newest.
                          type: array
                          minItems: 1
                          maxItems: 50
                          items: {$ref: "#/components/schemas/Id"}
              responses:
                "200":
                  description: What the draft would have made of them.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [trials, passedOver, last, complete]
                        properties:
                          trials:
                            type: array
                            items: {$ref: "#/components/schemas/RuleTrial"}
                          passedOver:
                            description: Orders that could not be tried.
                            type: array
                            items:
                              type: object
                              required: [order, reason]
                              properties:
                                order: {$ref: "#/components/schemas/Id"}
                                reason: {type: string}
                          last:
                            description: The last order that was dealt with.
                            type: [string, "null"]
                          complete:
                            description: Whether there is nothing more to ask for.
                            type: boolean
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/rules/{id}:
            get:
              tags: [rules]
              operationId: showRules
              summary: Shows one version of the rules; as text, the file alone.
              parameters:
                - name: id
                  in: path
                  required: true
                  schema: {type: integer}
              responses:
                "200":
                  description: The version with its text.
                  content:
                    application/json:
                      schema:
                        $ref: "#/components/schemas/RuleVersion"
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/rules/{id}/restore:
            post:
              tags: [rules]
              operationId: restoreRules
              summary: Publishes an older version again, word for word.
              parameters:
                - name: id
                  in: path
                  required: true
                  schema: {type: integer}
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [comment, by]
                      properties:
                        comment: {type: string, minLength: 1, maxLength: 500}
                        by: {type: string, minLength: 1, maxLength: 500}
              responses:
                "201":
                  description: The new version, and what should be looked at all the same.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [published, findings]
                        properties:
                          published: {$ref: "#/components/schemas/RuleVersion"}
                          findings:
                            type: array
                            items: {$ref: "#/components/schemas/RuleFinding"}
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/backorders:
            get:
              tags: [orders]
              operationId: listBackorders
              summary: Lists the orders that wait for stock, the one whose turn is next first.
              parameters:
                - name: sku
                  in: query
                  description: Only orders that wait for this.
                  schema: {$ref: "#/components/schemas/Id"}
                - name: limit
                  in: query
                  schema: {type: integer, minimum: 1, maximum: 200, default: 50}
                - name: after
                  in: query
                  description: Only orders whose turn comes after this one's; `next` carries it.
                  schema: {$ref: "#/components/schemas/Id"}
              responses:
                "200":
                  description: One page.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [backorders, next]
                        properties:
                          backorders:
                            type: array
                            items: {$ref: "#/components/schemas/Backorder"}
                          next:
                            description: The path of the next page; null on the last.
                            type: [string, "null"]
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/events:
            get:
              tags: [orders]
              operationId: followEvents
              summary: Tells what happens to orders and alerts, as it happens.
              description: |
                Server-sent events, each with its id, its kind as `event`, and an Event as `data`. An event says what to read again; the record has what is there now. They
                come in the order in which they were written, and each once: who comes back with
                the id of the last that he has seen (Last-Event-ID, as browsers do by themselves, or
                `after`) misses none. A line without an event comes at least every 15 seconds.
              parameters:
                - name: after
                  in: query
                  description: |
                    The events after the one with this id, or all with 0; only those to come, where
                    left out.
                  schema: {type: string}
                - name: Last-Event-ID
                  in: header
                  description: As `after`, and before it.
                  schema: {type: string}
              responses:
                "200":
                  description: Events, until one side closes.
                  content:
                    text/event-stream:
                      schema: {$ref: "#/components/schemas/Event"}
                "404":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/scorecard:
            get:
              tags: [orders]
              operationId: showScorecard
              summary: Adds up how well orders were filled, beside the targets.
              parameters:
                - name: since
                  in: query
                  description: The first day, in UTC; four weeks before the last where left out.
                  schema: {type: string, format: date}
                - name: until
                  in: query
                  description: The last day, in UTC; today where left out.
                  schema: {type: string, format: date}
                - name: by
                  in: query
                  schema: {type: string, enum: [day, site, segment], default: day}
              responses:
                "200":
                  description: |
                    The measures of each group and of all. Rates are in thousandths. `shortOfOffered` counts orders
                    left short after a site could not reserve what it had offered; `met` says of each measure
                    whether it keeps to its target, null where nothing was measured.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [since, until, by, groups, total, targets]
                        properties:
                          since: {type: string, format: date}
                          until: {type: string, format: date}
                          by: {type: string}
                          groups:
                            type: array
                            items: {$ref: "#/components/schemas/Score"}
                          total: {$ref: "#/components/schemas/Score"}
                          targets: {type: object}
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/alerts:
            get:
              tags: [alerts]
              operationId: listAlerts
              summary: Lists what people should know of, the newest first.
              parameters:
                - name: state
                  in: query
                  description: What is not over, where left out.
                  schema:
                    type: string
                    enum: [open, acknowledged, resolved, all]
                - name: limit
                  in: query
                  schema: {type: integer, minimum: 1, maximum: 200, default: 50}
                - name: before
                  in: query
                  description: Only alerts with a lower number.
                  schema: {type: integer, minimum: 1}
              responses:
                "200":
                  description: The alerts.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [alerts]
                        properties:
                          alerts:
                            type: array
                            items: {$ref: "#/components/schemas/Alert"}
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /v1/alerts/{id}/acknowledge:
            post:
              tags: [alerts]
              operationId: acknowledgeAlert
              summary: Says that somebody has taken it up.
              parameters:
                - name: id
                  in: path
                  required: true
                  schema: {type: integer}
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [by]
                      properties:
                        by: {type: string, minLength: 1, maxLength: 500}
                        comment: {type: string, minLength: 1, maxLength: 500}
              responses:
                "200":
                  description: The alert as it stands; one that was taken up or ended before is as it was.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Alert"}
                default:
                  $ref: "#/components/responses/Problem"
          /v1/alerts/{id}/resolve:
            post:
              tags: [alerts]
              operationId: resolveAlert
              summary: Says that it is over, and how.
              parameters:
                - name: id
                  in: path
                  required: true
                  schema: {type: integer}
              requestBody:
                required: true
                content:
                  application/json:
                    schema:
                      type: object
                      additionalProperties: false
                      required: [by, comment]
                      properties:
                        by: {type: string, minLength: 1, maxLength: 500}
                        comment: {type: string, minLength: 1, maxLength: 500}
              responses:
                "200":
                  description: The alert as it stands; one that was ended before is as it was.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Alert"}
                default:
                  $ref: "#/components/responses/Problem"
          /v1/alerts/{id}/redeliver:
            post:
              tags: [alerts]
              operationId: redeliverAlert
              summary: Sends again what was given up.
              parameters:
                - name: id
                  in: path
                  required: true
                  schema: {type: integer}
              responses:
                "200":
                  description: How many messages wait to be sent again.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [deliveries]
                        properties:
                          deliveries: {type: integer}
                default:
                  $ref: "#/components/responses/Problem"
          /v1/directories/{id}:
            post:
              tags: [rules]
              operationId: importDirectory
              summary: Takes a file of customers or SKUs, whole or not at all.
              description: |
                CSV with a heading row, or a JSON array of objects. Customers have `id`, `company`, `segment`,
                `contract` and `tags`; SKUs have `sku`, `warehouses`, `regions`, `handling`, `hazmat`,
                `freight_class` and `reorder_point`. Words of a list stand between semicolons.
              parameters:
                - name: id
                  in: path
                  required: true
                  schema: {type: string, enum: [customers, skus]}
                - name: replace
                  in: query
                  description: Whether entries that the file does not name are removed.
                  schema: {type: boolean, default: false}
              requestBody:
                required: true
                content:
                  text/csv:
                    schema: {type: string}
                  application/json:
                    schema:
                      type: array
                      items: {type: object}
              responses:
                "200":
                  description: How many entries were taken, and how many there are now.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [imported, total]
                        properties:
                          imported: {type: integer}
                          total: {type: integer}
                "400":
                  $ref: "#/components/responses/Problem"
                default:
                  $ref: "#/components/responses/Problem"
          /shopify/webhooks:
            post:
              tags: [shopify]
              operationId: acceptShopifyWebhook
              summary: Takes a webhook of Shopify's.
              description: |
                The signature `X-Shopify-Hmac-Sha256` is verified over the body as it came. 400 for a
                missing header or body, 401 for a signature that does not hold, 404 for a topic that
                nothing listens to.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {type: object}
              responses:
                "200":
                  description: Dealt with, or written down to be dealt with.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [note]
                        properties:
                          note: {type: string}
                "400":
                  $ref: "#/components/responses/Problem"
                "401":
                  $ref: "#/components/responses/Problem"
                "404":
                  $ref: "#/components/responses/Problem"
                "413":
                  $ref: "#/components/responses/Problem"
                "422":
                  $ref: "#/components/responses/Problem"
                "503":
                  $ref: "#/components/responses/NotNow"
                default:
                  $ref: "#/components/responses/Problem"
          /shopify/carrier-service:
            post:
              tags: [shopify]
              operationId: shopifyRates
              summary: Answers what a checkout of Shopify's asks a carrier service.
              description: |
                The callback URL of a DeliveryCarrierService. `X-Shopify-Hmac-Sha256` is verified over
                the body as it came; the setting shopify.unsignedRates takes a request without one.
                Prices are what carriers charge and handling, in hundredths. A rate's code is its
                service level, and comes back with the order. Nothing is set aside. What cannot be
                quoted is a problem, and no empty list: the shop's backup rates are shown then.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {type: object}
              responses:
                "200":
                  description: The rates; none where nobody can ship all of it.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [rates]
                        properties:
                          rates:
                            type: array
                            items:
                              type: object
                              required:
                                - service_name
                                - service_code
                                - description
                                - currency
                                - total_price
                                - min_delivery_date
                                - max_delivery_date
                              properties:
                                service_name: {type: string}
                                service_code: {$ref: "#/components/schemas/ServiceLevel"}
                                description: {type: string}
                                currency: {type: string}
                                total_price: {type: string}
                                min_delivery_date: {type: string}
                                max_delivery_date: {type: string}
                "400":
                  $ref: "#/components/responses/Problem"
                "401":
                  $ref: "#/components/responses/Problem"
                "413":
                  $ref: "#/components/responses/Problem"
                "422":
                  $ref: "#/components/responses/Problem"
                "503":
                  $ref: "#/components/responses/NotNow"
                default:
                  $ref: "#/components/responses/Problem"
          /livez:
            get:
              tags: [operations]
              operationId: live
              summary: Answers while the process lives; depends on nothing else.
              responses:
                "200":
                  description: Alive.
                  content:
                    text/plain:
                      schema: {type: string}
          /readyz:
            get:
              tags: [operations]
              operationId: ready
              summary: Says whether orders can be taken.
              parameters:
                - name: verbose
                  in: query
                  allowEmptyValue: true
                  description: List every check, not only where one fails.
                  schema: {type: string}
              responses:
                "200":
                  description: Ready.
                  content:
                    text/plain:
                      schema: {type: string}
                "503":
                  description: Not ready; every check is listed.
                  content:
                    text/plain:
                      schema: {type: string}
          /metrics:
            get:
              tags: [operations]
              operationId: metrics
              summary: Everything measured, in Prometheus's text format.
              responses:
                "200":
                  description: Version 0.0.4 of the text format.
                  content:
                    text/plain:
                      schema: {type: string}
          /openapi.yaml:
            get:
              tags: [operations]
              operationId: describe
              summary: This document.
              responses:
                "200":
                  description: OpenAPI 3.1.
                  content:
                    application/yaml:
                      schema: {type: string}
        components:
          parameters:
            id:
              name: id
              in: path
              required: true
              schema:
                $ref: "#/components/schemas/Id"
            idempotencyKey:
              name: Idempotency-Key
              in: header
              description: The order's id, with or without double quotes.
              schema: {type: string}
          headers:
            Location:
              description: Where the order is found.
              schema: {type: string}
          responses:
            Problem:
              description: What went wrong, and what to do.
              content:
                application/problem+json:
                  schema:
                    $ref: "#/components/schemas/Problem"
            NotNow:
              description: Nothing was done; send the same request again after Retry-After seconds.
              headers:
                Retry-After:
                  schema: {type: integer, minimum: 1}
              content:
                application/problem+json:
                  schema:
                    $ref: "#/components/schemas/Problem"
          schemas:
            Id:
              type: string
              description: 1 to 64 bytes of UTF-8, no control characters, no space at either end.
              minLength: 1
              maxLength: 64
            Money:
              type: string
              pattern: "^-?[0-9]+([.][0-9]+)?$"
              examples: ["104.95"]
            Quantity:
              type: integer
              minimum: 0
            Status:
              type: string
              description: |
                partly-shipped: some warehouse has shipped its part, and something waits. shipped: every
                warehouse has, and that is all of the order.
              enum: [pending, confirmed, backordered, partly-shipped, shipped, refused, cancelled]
            ServiceLevel:
              type: string
              enum: [ground, three-day, two-day, next-day]
            Completeness:
              type: string
              description: |
                complete: all or nothing. lineComplete: each line in full, or on backorder.
                partial: as much as there is, the rest on backorder.
              enum: [complete, lineComplete, partial]
            DestinationRequest:
              type: object
              additionalProperties: false
              required: [country, postalCode]
              properties:
                country: {type: string, pattern: "^[A-Z]{2}$"}
                postalCode: {type: string, maxLength: 16}
                region: {type: string, maxLength: 32}
                residential: {type: boolean, default: false}
                addressLines:
                  description: |
                    The street as the customer wrote it. Read only for whether it is a post
                    office box, which not every carrier reaches, and kept nowhere.
                  type: array
                  maxItems: 4
                  items: {type: string}
                postOfficeBox:
                  description: In place of what addressLines would say.
                  type: boolean
                receivingDays:
                  description: The days on which it takes goods in; all, where left out.
                  type: array
                  minItems: 1
                  items: {type: string, enum: [mon, tue, wed, thu, fri, sat, sun]}
                receivingHours:
                  description: |
                    Between which hours of those days, by its own clock (07:00-15:00); all,
                    where left out. What its carrier may bring at another hour counts as
                    arriving the next time that the carrier delivers.
                  type: string
                  pattern: "^[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}$"
                timeZone:
                  description: |
                    The IANA name of the zone that its clock goes by, such as America/Chicago.
                    Needed where notBefore or deliverBy is an instant.
                  type: string
                accessorials:
                  description: |
                    What it needs of a freight carrier. A service that has no price of it
                    does not carry the order; parcel carriers come to any door, without a
                    liftgate, and neither deliver inside nor by appointment.
                  type: array
                  items: {type: string, enum: [limited-access, liftgate, inside, appointment]}
            OrderRequest:
              type: object
              additionalProperties: false
              required: [destination, lines]
              properties:
                id:
                  description: |
                    Yours, and the idempotency key. An integer is taken as its digits, however many.
                    May be left out where the header Idempotency-Key gives it.
                  anyOf:
                    - $ref: "#/components/schemas/Id"
                    - type: integer
                currency: {type: string, pattern: "^[A-Z]{3}$", default: USD}
                serviceLevel: {$ref: "#/components/schemas/ServiceLevel"}
                completeness: {$ref: "#/components/schemas/Completeness"}
                customer:
                  description: The customer's id in the directory; left out for a guest.
                  allOf:
                    - $ref: "#/components/schemas/Id"
                value: {type: string, pattern: "^[0-9]+([.][0-9]+)?$"}
                payment: {type: string, enum: [card, terms, prepaid, cod]}
                type: {type: string, enum: [maintenance, replacement, recurring, one-time]}
                urgency: {type: string, enum: [normal, urgent], default: normal}
                requestedBy:
                  description: By when the customer wishes it; the office's rules see it.
                  type: string
                  format: date
                notBefore:
                  description: |
                    The first day on which it may arrive, or a time of that day by the destination's
                    clock (2026-03-04T13:00), or an instant (2026-03-04T13:00-05:00) where
                    destination.timeZone is given. What its carrier may bring before that counts as too early, and is sent to arrive the day after.
                  type: string
                  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$"
                deliverBy:
                  description: |
                    The last day on which it may arrive, or a time of that day by the destination's
                    clock (2026-03-04T12:00), or an instant (2026-03-04T12:00-05:00) where
                    destination.timeZone is given. Nothing is sent that comes later, or that may come later that day because its carrier's hours say so or nothing.
                  type: string
                  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$"
                tags:
                  type: array
                  maxItems: 250
                  items: {type: string, minLength: 1, maxLength: 255}
                destination: {$ref: "#/components/schemas/DestinationRequest"}
                lines:
                  type: array
                  minItems: 1
                  maxItems: 500
                  items:
                    type: object
                    additionalProperties: false
                    required: [sku, quantity]
                    properties:
                      id:
                        description: Yours; the line's place, counted from 1, where left out.
                        anyOf:
                          - $ref: "#/components/schemas/Id"
                          - type: integer
                      sku: {$ref: "#/components/schemas/Id"}
                      quantity: {type: integer, minimum: 1, maximum: 1000000000}
                      lots:
                        description: |
                          What the lots must be that it is shipped from; the office's rules and its
                          SKU directory may ask for more.
                        type: object
                        additionalProperties: false
                        properties:
                          lifeDays:
                            description: Days that a lot must still have on the day of its arrival.
                            type: integer
                            minimum: 0
                            maximum: 36500
                          certificates:
                            description: What it must have papers of; upper and lower case are alike.
                            type: array
                            minItems: 1
                            maxItems: 16
                            items: {type: string, minLength: 1, maxLength: 64}
                          singleLot:
                            description: Whether all of the line is to be of one lot.
                            type: boolean
                            default: false
                          approved:
                            description: The only lots that are taken.
                            type: array
                            minItems: 1
                            maxItems: 256
                            items: {type: string, minLength: 1, maxLength: 64}
              examples:
                - id: "4711"
                  destination: {country: US, postalCode: "75001"}
                  lines:
                    - {sku: VALVE-3IN, quantity: 20}
            Order:
              type: object
              required:
                - id
                - status
                - currency
                - serviceLevel
                - completeness
                - destination
                - lines
                - plan
                - refusals
                - transaction
                - settled
                - overrides
                - refusedPicks
                - resourcings
                - dateChanges
                - receivedAt
                - decidedAt
              properties:
                id: {$ref: "#/components/schemas/Id"}
                status: {$ref: "#/components/schemas/Status"}
                currency: {type: string}
                serviceLevel: {$ref: "#/components/schemas/ServiceLevel"}
                completeness: {$ref: "#/components/schemas/Completeness"}
                destination: {$ref: "#/components/schemas/Destination"}
                lines:
                  type: array
                  items:
                    type: object
                    required: [id, sku, quantity, lots]
                    properties:
                      id: {$ref: "#/components/schemas/Id"}
                      sku: {$ref: "#/components/schemas/Id"}
                      quantity: {$ref: "#/components/schemas/Quantity"}
                      lots:
                        description: What the order itself asks of its lots; null where it is nothing.
                        type: [object, "null"]
                        required: [lifeDays, certificates, singleLot, approved]
                        properties:
                          lifeDays: {type: [integer, "null"]}
                          certificates: {type: array, items: {type: string}}
                          singleLot: {type: boolean}
                          approved: {type: [array, "null"], items: {type: string}}
                plan:
                  anyOf:
                    - $ref: "#/components/schemas/Plan"
                    - type: "null"
                refusals:
                  type: array
                  items: {$ref: "#/components/schemas/Refusal"}
                transaction:
                  description: The attempt that was confirmed.
                  type: [string, "null"]
                settled:
                  description: Whether every warehouse has acknowledged the decision.
                  type: boolean
                overrides:
                  description: What site managers have forced while they were cut off.
                  type: array
                  items: {$ref: "#/components/schemas/Override"}
                refusedPicks:
                  description: What sites could not pick of it; it was then sourced again, or is to be.
                  type: array
                  items: {$ref: "#/components/schemas/RefusedPick"}
                resourcings:
                  description: The decisions whose place the one in force has taken, the earliest first.
                  type: array
                  items: {$ref: "#/components/schemas/Resourcing"}
                dateChanges:
                  description: How the days by which backorders are expected have moved, the earliest first.
                  type: array
                  items: {$ref: "#/components/schemas/DateChange"}
                receivedAt: {type: string, format: date-time}
                decidedAt: {type: [string, "null"], format: date-time}
            RefusedPick:
              type: object
              required: [warehouse, sku, lot, quantity, reason, by, at]
              properties:
                warehouse: {type: string}
                sku: {type: string}
                lot: {type: [string, "null"]}
                quantity: {type: integer}
                reason:
                  type: string
                  enum: [damaged, not-found, expired]
                by:
                  description: Who said so at the site.
                  type: string
                at: {type: string, format: date-time}
            WaitingLine:
              type: object
              required: [line, sku, quantity, expectedBy, toldBy, expected]
              properties:
                line: {$ref: "#/components/schemas/Id"}
                sku: {$ref: "#/components/schemas/Id"}
                quantity: {$ref: "#/components/schemas/Quantity"}
                expectedBy:
                  description: The day by which all of it is at a warehouse; null where some of it has no day.
                  type: [string, "null"]
                  format: date
                toldBy:
                  description: The day that was told before, where it is later now.
                  type: [string, "null"]
                  format: date
                expected:
                  description: |
                    The receipts that bring it, the soonest first; each unit of one is promised once. What is in none
                    has no day.
                  type: array
                  items:
                    type: object
                    required: [quantity, warehouse, receipt, expected, leaves, arrives]
                    properties:
                      quantity: {$ref: "#/components/schemas/Quantity"}
                      warehouse: {type: string}
                      receipt:
                        description: The number of the purchase order, or of the transfer.
                        type: string
                      expected:
                        description: The day on which it is to be at the warehouse.
                        type: string
                        format: date
                      leaves:
                        description: The first day on which it would then leave; null where that is not known.
                        type: [string, "null"]
                        format: date
                      arrives:
                        description: The day on which it would arrive; null where that is not known.
                        type: [string, "null"]
                        format: date
            DateChange:
              type: object
              required: [at, line, sku, before, after, undated, later, warehouse, receipt]
              properties:
                at: {type: string, format: date-time}
                line: {$ref: "#/components/schemas/Id"}
                sku: {$ref: "#/components/schemas/Id"}
                before:
                  description: The last day on which some of it was expected; null where none had a day.
                  type: [string, "null"]
                  format: date
                after: {type: [string, "null"], format: date}
                undated:
                  description: Units that have no day now.
                  $ref: "#/components/schemas/Quantity"
                later:
                  description: Whether some of it is later than before.
                  type: boolean
                warehouse: {type: [string, "null"]}
                receipt: {type: [string, "null"]}
            Event:
              description: |
                Something that has happened to an order or an alert. Of an order: it is confirmed,
                on backorder, refused or cancelled (as it becomes so), changed (its plan is another,
                its status the same), shipped by a warehouse, a warehouse's pick was refused, or the
                day of something that waits has moved.
              type: object
              required: [id, kind, order, warehouse, alert]
              properties:
                id: {type: string, pattern: "^[0-9a-f]{16}-[1-9][0-9]*$"}
                kind:
                  type: string
                  enum:
                    - order.confirmed
                    - order.backordered
                    - order.refused
                    - order.cancelled
                    - order.changed
                    - order.shipped
                    - order.pick-refused
                    - order.dated
                    - alert.opened
                    - alert.acknowledged
                    - alert.resolved
                order:
                  description: The order's id; null for an alert.
                  type: [string, "null"]
                warehouse: {type: [string, "null"]}
                alert:
                  description: The alert's number; null for an order.
                  type: [integer, "null"]
            Backorder:
              type: object
              required: [order, since, wantedBy, customer, rule, lines]
              properties:
                order: {$ref: "#/components/schemas/Id"}
                since:
                  description: When the order came.
                  type: string
                  format: date-time
                wantedBy:
                  description: The day by which the customer wants it; null where he has said none.
                  type: [string, "null"]
                customer:
                  type: [string, "null"]
                rule:
                  description: |
                    The office's rule that says before whom this buyer is served: one for a contract comes before one
                    for a customer, that before one for a segment, and of two the one that stands first. Null where
                    none does; such orders come last.
                  type: [string, "null"]
                lines:
                  description: What waits, how many units of it, and by when they are expected.
                  type: array
                  items: {$ref: "#/components/schemas/WaitingLine"}
            Resourcing:
              type: object
              required:
                - by
                - reason
                - at
                - excluded
                - forced
                - serviceLevel
                - followUp
                - transaction
                - warehouses
                - cost
                - kept
                - change
              properties:
                by: {type: string}
                reason: {type: string}
                at: {type: string, format: date-time}
                excluded: {type: array, items: {type: string}}
                forced: {type: array, items: {type: string}}
                serviceLevel:
                  description: What was asked in the place of the order's own; null where that stayed.
                  type: [string, "null"]
                followUp:
                  description: |
                    Whether the office did it by itself, when stock had come for what waited: what was allocated
                    stays where it is.
                  type: boolean
                transaction:
                  description: The attempt that was in force before.
                  type: string
                warehouses:
                  description: Who was to ship by that.
                  type: array
                  items: {type: string}
                cost:
                  description: What that plan cost.
                  type: string
                kept:
                  description: What of it had shipped, and stays.
                  type: array
                  items:
                    type: object
                    required: [warehouse, carrier, service, shippedAt, shippedBy, lines]
                change:
                  description: What of the order was made another; null where it stayed as it was.
                  anyOf:
                    - {$ref: "#/components/schemas/OrderChange"}
                    - {type: "null"}
            OrderChange:
              type: object
              required: [lines, destination]
              properties:
                lines:
                  type: array
                  items:
                    type: object
                    required: [line, sku, before, after]
                    properties:
                      line: {type: string}
                      sku: {type: string}
                      before: {type: integer}
                      after: {type: integer, description: 0 where it was cancelled.}
                destination:
                  description: Where it went to before; null where that stayed.
                  anyOf:
                    - {$ref: "#/components/schemas/Destination"}
                    - {type: "null"}
            ResourcingComparison:
              type: object
              required: [resourced, costBefore, costAfter, difference, kept, change, plan, order]
              properties:
                change:
                  description: What of the order is another with the plan; null where it stays.
                  anyOf:
                    - {$ref: "#/components/schemas/OrderChange"}
                    - {type: "null"}
                resourced:
                  description: Whether it is done; false where it was asked for as a dry run.
                  type: boolean
                costBefore:
                  description: What the part of the plan in force costs that has not shipped.
                  type: string
                costAfter: {type: string}
                difference:
                  description: What the new plan costs more; negative where less.
                  type: string
                kept:
                  description: Warehouses that have shipped their parts, which stay.
                  type: array
                  items: {type: string}
                plan: {$ref: "#/components/schemas/Plan"}
                order: {$ref: "#/components/schemas/Order"}
            Override:
              type: object
              required: [warehouse, choice, by, reason, at, conflict]
              properties:
                warehouse: {type: string}
                choice:
                  description: Whether the units were kept for the order, or given back.
                  type: string
                  enum: [confirm, release]
                by: {type: string}
                reason: {type: string}
                at: {type: string, format: date-time}
                conflict:
                  description: Whether the order was decided the other way.
                  type: boolean
            OrderSummary:
              type: object
              required: [id, status, lineCount, warehouses, cost, currency, settled, receivedAt, decidedAt]
              properties:
                id: {$ref: "#/components/schemas/Id"}
                status: {$ref: "#/components/schemas/Status"}
                lineCount: {type: integer}
                warehouses:
                  type: array
                  items: {type: string}
                cost: {type: [string, "null"]}
                currency: {type: string}
                settled: {type: boolean}
                receivedAt: {type: string, format: date-time}
                decidedAt: {type: [string, "null"], format: date-time}
            Destination:
              type: object
              required:
                - country
                - postalCode
                - region
                - residential
                - postOfficeBox
                - accessorials
                - receivingDays
                - receivingHours
                - notBefore
                - deliverBy
              properties:
                country: {type: string}
                postalCode: {type: string}
                region: {type: [string, "null"]}
                residential: {type: boolean}
                postOfficeBox: {type: boolean}
                accessorials: {type: array, items: {type: string}}
                receivingDays: {type: array, items: {type: string}}
                receivingHours: {type: [string, "null"]}
                notBefore:
                  description: A day, or a time of one by the destination's clock.
                  type: [string, "null"]
                deliverBy:
                  description: A day, or a time of one by the destination's clock.
                  type: [string, "null"]
            Plan:
              type: object
              required: [shipments, backorders, cost, bound, proved]
              properties:
                shipments:
                  type: array
                  items: {$ref: "#/components/schemas/Shipment"}
                backorders:
                  type: array
                  items: {$ref: "#/components/schemas/WaitingLine"}
                cost: {$ref: "#/components/schemas/Money"}
                bound:
                  description: No lawful plan costs less than this.
                  $ref: "#/components/schemas/Money"
                proved:
                  description: Whether no lawful plan is cheaper.
                  type: boolean
            Shipment:
              type: object
              required:
                - warehouse
                - carrier
                - service
                - leaves
                - arrives
                - arrivesBy
                - leavesBy
                - lastCutoff
                - freight
                - handling
                - shippedAt
                - shippedBy
                - lines
              properties:
                warehouse: {type: string}
                carrier: {type: string}
                service: {type: string}
                leaves: {type: string, format: date}
                arrives: {type: string, format: date}
                arrivesBy:
                  description: |
                    By when on that day, by the destination's clock; null where nothing is known of
                    hours and nothing was asked of them.
                  type: [string, "null"]
                leavesBy:
                  description: |
                    Until when it must be on its way to leave on that day, as 2026-03-04T14:30-06:00
                    by the warehouse's clock; null where the site has not said.
                  type: [string, "null"]
                lastCutoff:
                  description: |
                    Until when it may leave at the last and still arrive by deliverBy; null where
                    the order has none, or the site has not said.
                  type: [string, "null"]
                freight: {$ref: "#/components/schemas/Money"}
                handling: {$ref: "#/components/schemas/Money"}
                shippedAt:
                  description: When the warehouse said that it has left; null while it has not.
                  type: [string, "null"]
                  format: date-time
                shippedBy: {type: [string, "null"]}
                lines:
                  type: array
                  items: {$ref: "#/components/schemas/PlannedLine"}
            PlannedLine:
              type: object
              required: [line, sku, quantity]
              properties:
                line: {description: The line's id., type: string}
                sku: {type: string}
                quantity: {$ref: "#/components/schemas/Quantity"}
            Quote:
              type: object
              required: [currency, options, refusals, absent]
              properties:
                currency: {type: string}
                options:
                  type: array
                  items:
                    type: object
                    required: [serviceLevel, shipping, arrives, plan]
                    properties:
                      serviceLevel: {$ref: "#/components/schemas/ServiceLevel"}
                      shipping:
                        description: What carriers charge, and handling, over all shipments.
                        $ref: "#/components/schemas/Money"
                      arrives:
                        description: The day on which the last of it arrives.
                        type: [string, "null"]
                        format: date
                      plan: {$ref: "#/components/schemas/Plan"}
                refusals:
                  description: Why there is no option.
                  type: array
                  items: {$ref: "#/components/schemas/Refusal"}
                absent:
                  description: Warehouses that did not answer.
                  type: array
                  items: {type: string}
            Refusal:
              type: object
              required: [line, sku, requested, available, reason, detail, hint]
              properties:
                line: {description: The line's id., type: string}
                sku: {type: string}
                requested: {$ref: "#/components/schemas/Quantity"}
                available: {$ref: "#/components/schemas/Quantity"}
                reason:
                  type: string
                  enum:
                    - unknownSKU
                    - notAMultiple
                    - notServed
                    - addressNotReached
                    - accessorialNotOffered
                    - tooLate
                    - insufficientStock
                    - contended
                    - noLawfulPlan
                    - lotsUnfit
                detail: {type: string}
                hint: {type: string}
            Explanation:
              type: object
              required: [order, status, currency, plan, refusals, sites, runnerUp, attempts, nodes, rules, stockLevels, unasked]
              properties:
                order: {$ref: "#/components/schemas/Id"}
                status: {$ref: "#/components/schemas/Status"}
                currency: {type: string}
                plan:
                  anyOf:
                    - $ref: "#/components/schemas/Plan"
                    - type: "null"
                refusals:
                  type: array
                  items: {$ref: "#/components/schemas/Refusal"}
                sites:
                  type: array
                  items: {$ref: "#/components/schemas/Site"}
                runnerUp:
                  anyOf:
                    - type: object
                      required: [warehouses, cost]
                      properties:
                        warehouses:
                          type: array
                          items: {type: string}
                        cost: {$ref: "#/components/schemas/Money"}
                    - type: "null"
                rules:
                  type: object
                  required: [version, applied, relaxed]
                  properties:
                    version:
                      description: Of the rules that were in force; 0 for none.
                      type: integer
                    applied:
                      type: array
                      items:
                        type: object
                        required: [rule, effect, soft, cost]
                        properties:
                          rule: {type: string}
                          effect: {type: string}
                          soft: {type: boolean}
                          cost:
                            description: |
                              The order solved again without the rule: it cost `money` more than that, arrived
                              `days` later and left `unitsShort` more units short; or it was refused, and could be
                              filled for `money`. Null for what shapes no plan.
                            anyOf:
                              - type: object
                                required: [verdict]
                                properties:
                                  verdict:
                                    type: string
                                    enum: [nothing, binds, refuses, undetermined]
                                  money: {$ref: "#/components/schemas/Money"}
                                  days: {type: integer}
                                  unitsShort: {type: integer}
                              - type: "null"
                    relaxed:
                      description: The steps of relaxation that were taken.
                      type: array
                      items: {type: string}
                attempts:
                  description: How often the order was solved before every site could reserve.
                  type: integer
                nodes:
                  description: Search effort, in nodes of the solver.
                  type: integer
                stockLevels:
                  description: Amounts of stock with which the order would have been placed otherwise.
                  type: array
                  items:
                    type: object
                    required: [warehouse, line, sku, available, level, warehouses, difference]
                    properties:
                      warehouse: {type: string}
                      line: {type: string}
                      sku: {type: string}
                      available:
                        description: Units that the warehouse offered.
                        type: integer
                      level:
                        description: With so many or more, where above `available`; else with so many or fewer.
                        type: integer
                      warehouses:
                        description: Who would ship then; none where there would be no plan.
                        type: array
                        items: {type: string}
                      difference:
                        description: What that plan costs more.
                        type: [string, "null"]
                unasked:
                  description: Questions that were left unanswered for want of time.
                  type: integer
            Answer:
              description: What solving an order comes to, in a few numbers.
              type: object
              required: [status, warehouses, shipments, cost, freight, lastArrival, unitsShort]
              properties:
                status:
                  type: string
                  enum: [confirmed, backordered, refused, undecided]
                warehouses:
                  type: array
                  items: {type: string}
                shipments:
                  type: array
                  items:
                    type: object
                    required: [warehouse, service, units]
                    properties:
                      warehouse: {type: string}
                      service: {type: string}
                      units: {type: integer}
                cost: {type: [string, "null"]}
                freight: {type: [string, "null"]}
                lastArrival: {type: [string, "null"]}
                unitsShort: {type: integer}
            Alert:
              type: object
              required: [number, kind, subject, detail, state, openedAt, seenAt, timesSeen, acknowledged, resolved, deliveries]
              properties:
                number: {type: integer}
                kind:
                  type: string
                  enum:
                    - below-reorder-point
                    - backorder
                    - backorder-slipped
                    - promise-at-risk
                    - missed-cutoff
                    - sla-missed
                    - site-silent
                    - order-stuck
                    - hold-in-doubt
                    - override-conflict
                    - shipped-cancelled
                    - pick-refused
                    - stock-drift
                    - lease-conflict
                    - history-lost
                    - duplicate-site
                    - order-placed
                    - order-refused
                subject:
                  description: An order, a site, or a site and a SKU; one alert of a kind at a time.
                  type: string
                detail: {type: string}
                state:
                  type: string
                  enum: [open, acknowledged, resolved]
                openedAt: {type: string, format: date-time}
                seenAt: {type: string, format: date-time}
                timesSeen: {type: integer}
                acknowledged: {$ref: "#/components/schemas/Remark"}
                resolved: {$ref: "#/components/schemas/Remark"}
                deliveries:
                  type: array
                  items:
                    type: object
                    required: [event, channel, state, tries, note]
                    properties:
                      event:
                        type: string
                        enum: [opened, resolved]
                      channel:
                        type: string
                        enum: [sms, mail, webhook, log]
                      state:
                        type: string
                        enum: [waiting, done, dead]
                      tries: {type: integer}
                      note:
                        description: What the receiver said last.
                        type: string
            Remark:
              description: Who did it, nobody where it came about by itself; null while nobody has.
              anyOf:
                - type: object
                  required: [by, comment, at]
                  properties:
                    by: {type: [string, "null"]}
                    comment: {type: string}
                    at: {type: string, format: date-time}
                - type: "null"
            Score:
              type: object
              required: [name, orders, shipped, split, splitThousandths, medianMilliseconds, percentile95Milliseconds, shortOfOffered, shortThousandths, splitFreight, discrepancies, discrepancySeconds, met]
              properties:
                name: {type: string}
                orders: {type: integer}
                shipped: {type: integer}
                split: {type: integer}
                splitThousandths: {type: [integer, "null"]}
                medianMilliseconds: {type: [integer, "null"]}
                percentile95Milliseconds: {type: [integer, "null"]}
                shortOfOffered: {type: integer}
                shortThousandths: {type: [integer, "null"]}
                splitFreight:
                  type: array
                  items:
                    type: object
                    required: [currency, total, perOrder]
                    properties:
                      currency: {type: string}
                      total: {$ref: "#/components/schemas/Money"}
                      perOrder: {$ref: "#/components/schemas/Money"}
                discrepancies: {type: integer}
                discrepancySeconds: {type: [integer, "null"]}
                met: {type: object}
            RuleTrial:
              type: object
              required: [order, currency, changed, before, after, rules, relaxed]
              properties:
                order: {$ref: "#/components/schemas/Id"}
                currency: {type: string}
                changed: {type: boolean}
                before: {$ref: "#/components/schemas/Answer"}
                after: {$ref: "#/components/schemas/Answer"}
                rules:
                  description: The rules of the draft that say something of the order.
                  type: array
                  items: {type: string}
                relaxed:
                  type: array
                  items: {type: string}
            Replay:
              type: object
              required: [order, same, currency, recorded, repeated, recordedEffort, repeatedEffort, policyRecorded]
              properties:
                order: {$ref: "#/components/schemas/Id"}
                same:
                  description: Whether every unit, date and cent is the same.
                  type: boolean
                currency: {type: string}
                recorded: {$ref: "#/components/schemas/Answer"}
                repeated: {$ref: "#/components/schemas/Answer"}
                recordedEffort: {$ref: "#/components/schemas/Effort"}
                repeatedEffort: {$ref: "#/components/schemas/Effort"}
                policyRecorded:
                  description: Whether the office's bounds are on record; today's were taken where not.
                  type: boolean
            Effort:
              type: object
              required: [nodes, solver]
              properties:
                nodes: {type: integer}
                solver:
                  description: The version of the solver.
                  type: integer
            Site:
              type: object
              required:
                - warehouse
                - verdict
                - difference
                - sentence
                - answered
                - offers
                - services
                - declines
                - rejectedLots
              properties:
                warehouse: {type: string}
                verdict:
                  type: string
                  enum:
                    - used
                    - silent
                    - unreachable
                    - offeredNothing
                    - dearer
                    - undetermined
                    - unlawful
                difference:
                  description: What the other choice about this site would cost in addition.
                  type: [string, "null"]
                sentence: {type: string}
                answered: {type: boolean}
                offers:
                  type: array
                  items:
                    type: object
                    required: [line, quantity, lots]
                    properties:
                      line: {type: string}
                      quantity: {$ref: "#/components/schemas/Quantity"}
                      lots:
                        type: array
                        items:
                          type: object
                          required: [lot, quantity, expires, certificates]
                          properties:
                            lot: {type: string}
                            quantity: {$ref: "#/components/schemas/Quantity"}
                            expires: {type: [string, "null"], format: date}
                            certificates:
                              type: array
                              items: {type: string}
                services:
                  type: array
                  items:
                    type: object
                    required:
                      - service
                      - carrier
                      - level
                      - zone
                      - handling
                      - leaves
                      - arrives
                      - arrivesBy
                      - cutoff
                      - cutoffDate
                      - leavesBy
                      - lastCutoff
                      - blockedLines
                      - packings
                      - pricing
                      - raterFailure
                    properties:
                      service: {type: string}
                      carrier: {type: string}
                      level: {$ref: "#/components/schemas/ServiceLevel"}
                      zone: {type: [string, "null"]}
                      handling: {$ref: "#/components/schemas/Money"}
                      leaves: {type: string, format: date}
                      arrives: {type: string, format: date}
                      arrivesBy:
                        description: |
                          By when on that day, by the destination's clock; null where nothing is
                          known of hours and nothing was asked of them.
                        type: [string, "null"]
                      cutoff:
                        description: The local time at the warehouse until which these days hold.
                        type: string
                      cutoffDate:
                        description: The day of that cutoff.
                        type: string
                        format: date
                      leavesBy:
                        description: Until when the goods must be on their way, as in a shipment.
                        type: [string, "null"]
                      lastCutoff:
                        description: |
                          Until when they may leave at the last and still arrive by deliverBy.
                        type: [string, "null"]
                      blockedLines:
                        description: Lines that may not ride.
                        type: array
                        items: {type: string}
                      packings:
                        description: How it bills a unit of lines, where not as its other services.
                        type: array
                        items:
                          type: object
                          required: [line, billableGrams, charge]
                          properties:
                            line: {type: string}
                            billableGrams: {type: integer}
                            charge: {$ref: "#/components/schemas/Money"}
                      pricing:
                        description: Whether a live rater or the site's rate card priced it.
                        enum: [card, rater]
                      raterFailure:
                        description: Why the card did, where the service has a live rater.
                        enum:
                          - null
                          - late
                          - unreachable
                          - refused
                          - malformed
                          - notOffered
                          - otherCurrency
                          - absurd
                          - suspended
                          - notAsked
                declines:
                  type: array
                  items:
                    type: object
                    required: [line, service, reason, sentence]
                    properties:
                      line:
                        description: With a service, one that is offered for other lines.
                        type: [string, "null"]
                      service: {type: [string, "null"]}
                      reason: {$ref: "#/components/schemas/DeclineReason"}
                      sentence: {type: string}
                rejectedLots:
                  description: |
                    Lots that it offered and that do not meet what is asked of a line, however soon
                    they come.
                  type: array
                  items:
                    type: object
                    required: [line, lot, quantity, reason, certificate, daysLeft, sentence]
                    properties:
                      line: {type: string}
                      lot:
                        description: Null where the site keeps the SKU without lots.
                        type: [string, "null"]
                      quantity: {$ref: "#/components/schemas/Quantity"}
                      reason:
                        type: string
                        enum: [lotTooOld, noCertificate, lotNotApproved, keptWithoutLots]
                      certificate:
                        description: The one that it lacks.
                        type: [string, "null"]
                      daysLeft:
                        description: On the soonest day of arrival; null where it keeps.
                        type: [integer, "null"]
                      sentence: {type: string}
            DeclineReason:
              type: string
              enum:
                - unknownSKU
                - noStock
                - partialStock
                - offeredElsewhere
                - notAMultiple
                - notServed
                - tooSlow
                - noRate
                - otherCurrency
                - noWorkingDay
                - tooHeavy
                - noUsableLot
                - tooLarge
                - weightUnknown
                - forbiddenByAir
                - tooLate
                - addressNotReached
                - accessorialNotOffered
                - dayFull
            Availability:
              type: object
              required: [warehouse, available, service, leaves, arrives, reason, detail]
              properties:
                warehouse: {type: string}
                available: {$ref: "#/components/schemas/Quantity"}
                service:
                  description: The soonest service that reaches the destination.
                  type: [string, "null"]
                leaves: {type: [string, "null"], format: date}
                arrives: {type: [string, "null"], format: date}
                reason:
                  description: Why there is nothing; a DeclineReason.
                  type: [string, "null"]
                detail: {type: [string, "null"]}
            Warehouse:
              type: object
              required: [warehouse, state, queued, unacknowledged, lastHeard]
              properties:
                warehouse: {type: string}
                state:
                  type: string
                  enum: [active, attaching, unreachable, amnesiac]
                queued: {type: integer}
                unacknowledged: {type: integer}
                lastHeard: {type: [string, "null"], format: date-time}
            Problem:
              type: object
              required: [type, title, status, detail, instance, code, hint]
              properties:
                type: {type: string, format: uri}
                title: {type: string}
                status: {type: integer}
                detail: {type: string}
                instance:
                  description: Names the request in the coordinator's log.
                  type: string
                  format: uri
                code: {$ref: "#/components/schemas/ProblemCode"}
                hint: {description: What to do about it., type: string}
                errors:
                  description: Every place of the body that is wrong, as far as they are listed.
                  type: array
                  maxItems: 100
                  items:
                    type: object
                    required: [pointer, detail, hint]
                    properties:
                      pointer: {description: RFC 6901 as a URI fragment., type: string}
                      detail: {type: string}
                      hint: {type: string}
                unlistedErrors:
                  description: How many more places are wrong.
                  type: integer
            RuleVersion:
              type: object
              required: [version, inForce, comment, by, at, restores]
              properties:
                version: {type: integer, minimum: 1}
                inForce: {type: boolean}
                comment: {type: string}
                by: {type: string}
                at: {type: string, format: date-time}
                restores:
                  description: The older version that it puts in force again, where it does.
                  type: [integer, "null"]
                text:
                  description: The rule file, as it was written; where one version is asked for.
                  type: string
            RuleFinding:
              type: object
              required: [line, error, detail, hint]
              properties:
                line: {type: integer, minimum: 1}
                error:
                  description: Whether the rules cannot be published because of it.
                  type: boolean
                detail: {type: string}
                hint: {type: string}
            ProblemCode:
              type: string
              description: |
                With 400: malformed_json, invalid_query, webhook_malformed. With 401:
                webhook_signature. With 404: unknown_order, no_explanation, unknown_rules,
                unknown_alert, unknown_event, unknown_path, webhook_topic. With 405:
                method_not_allowed. With 409: nothing_to_cancel, already_shipped,
                nothing_to_resource, no_lawful_plan. With 413:
                body_too_large. With 415: unsupported_media_type. With 422: invalid_order,
                idempotency_key_mismatch, order_changed, line_not_sellable, invalid_rules,
                invalid_directory, invalid_remark, invalid_resourcing, invalid_change, webhook_unusable.
                With 500: internal_error. With 503: unavailable, overloaded.
              enum:
                - malformed_json
                - unsupported_media_type
                - body_too_large
                - invalid_query
                - invalid_order
                - idempotency_key_mismatch
                - order_changed
                - line_not_sellable
                - invalid_rules
                - invalid_directory
                - invalid_remark
                - invalid_resourcing
                - invalid_change
                - unknown_order
                - no_explanation
                - unknown_rules
                - unknown_alert
                - unknown_event
                - unknown_path
                - method_not_allowed
                - nothing_to_cancel
                - already_shipped
                - nothing_to_resource
                - no_lawful_plan
                - unavailable
                - overloaded
                - webhook_malformed
                - webhook_signature
                - webhook_topic
                - webhook_unusable
                - internal_error
        """#
}
