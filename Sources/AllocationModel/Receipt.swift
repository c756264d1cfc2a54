/// Goods that are on their way to a site: a purchase order, or a transfer from another site.
///
/// Only its name lives here: everything else about it is the site's own.
package enum Receipt {
    package typealias ID = Identifier<Receipt>
}
