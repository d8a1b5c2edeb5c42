//! What can be chosen from: the catalogue, what a spec adds to it, and what the author thinks of each.

use super::catalogue::{Apart, CATALOGUE, Product};
use super::tables::{SHAPES, fitting};
use super::{Capability, TechnologyShape};
use crate::Facts;
use crate::fact::Technology;
use crate::table::Profile;
use crate::vocabulary::{Preference, Vocabulary};

/// Every product there is, in the order of preference among equals: the catalogue's, then the spec's own.
#[derive(Default, Clone, Debug)]
pub struct Market {
    /// In that order.
    pub products: Vec<Offered>,
}

/// One product on the market.
#[derive(Clone, Debug)]
pub struct Offered {
    /// Its id: the declared one, or one past those for what only the catalogue knows.
    pub technology: Technology,
    /// As the author writes it; as its makers do, where nobody declares it.
    pub name: String,
    /// Its line of the catalogue.
    pub product: Option<&'static Product>,
    /// What it can do, by the catalogue or by declaration, in a shape that has it.
    pub capabilities: Profile,
    /// What the author thinks of it; the strictest word where several are said.
    pub preference: Option<Preference>,
}

impl Market {
    /// The catalogue and the declarations.
    pub fn new(facts: &Facts) -> Market {
        let declared = &facts.names.technologies;
        let ids = || (0..declared.len() as u32).map(Technology);
        let is = |technology: Technology, product: &Product| {
            known(&facts.names.technologies[technology.index()].name, product)
        };
        let mut products: Vec<Offered> = vec![];
        let mut next = declared.len() as u32;
        for product in CATALOGUE {
            let same: Vec<Technology> = ids().filter(|technology| is(*technology, product)).collect();
            let technology = same.first().copied().unwrap_or_else(|| {
                next += 1;
                Technology(next - 1)
            });
            let fits = product.offers.iter().map(|offer| offer.capability);
            let fits = Profile::of(fits.filter(|capability| fitting(*capability, product.shape).is_some()));
            let name = same.first().map_or(product.name, |technology| &declared[technology.index()].name).to_owned();
            products.push(offered(facts, technology, name, Some(product), fits, &same));
        }
        for technology in ids().filter(|technology| !CATALOGUE.iter().any(|product| is(*technology, product))) {
            let name = declared[technology.index()].name.clone();
            products.push(offered(facts, technology, name, None, Profile::default(), &[technology]));
        }
        Market { products }
    }

    /// The product a word names: as declared, as its makers write it, or by one of its other names.
    pub fn named(&self, word: &str) -> Option<&Offered> {
        let exact = self.products.iter().find(|offered| plain(&offered.name) == plain(word));
        exact.or_else(|| {
            self.products.iter().find(|offered| offered.product.is_some_and(|product| known(word, product)))
        })
    }

    /// The product of that id.
    pub fn of(&self, technology: Technology) -> Option<&Offered> {
        self.products.iter().find(|offered| offered.technology == technology)
    }

    /// What may be chosen.
    pub fn allowed(&self) -> impl Iterator<Item = &Offered> {
        self.products.iter().filter(|offered| offered.preference != Some(Preference::Forbidden))
    }
}

impl Offered {
    /// Whether it gives all these capabilities to the same records.
    pub fn gives(&self, needs: Profile) -> bool {
        needs.0 & !self.capabilities.0 == 0 && self.apart(needs).is_none()
    }

    /// Two of these capabilities that it has, but not together.
    pub fn apart(&self, needs: Profile) -> Option<&'static Apart> {
        let all = self.product.map_or(&[][..], |product| product.apart);
        all.iter().find(|apart| needs.has(apart.one) && needs.has(apart.other))
    }

    /// What it lacks of these, in the order of the vocabulary.
    pub fn lacks(&self, needs: Profile) -> Vec<Capability> {
        let wanted = Capability::ALL.iter().copied().filter(|capability| needs.has(*capability));
        wanted.filter(|capability| !self.capabilities.has(*capability)).collect()
    }

    /// The shape in which it serves these needs: its own, or for a product of the spec the shape of the first need.
    pub fn shape(&self, needs: Profile) -> Option<TechnologyShape> {
        let by_need = || SHAPES.iter().find(|fit| needs.has(fit.of)).map(|fit| fit.gives);
        self.product.map(|product| product.shape).or_else(by_need)
    }

    /// Whether what it keeps is at hand, and lost with its nodes.
    pub fn is_in_memory(&self) -> bool {
        self.product.is_some_and(|product| product.shape == TechnologyShape::InMemory)
    }

    /// The consistency mode that gives a capability, and the section that says so.
    pub fn mode(&self, capability: Capability) -> Option<(&'static str, &'static str)> {
        let mut offers = self.product?.offers.iter();
        offers.find(|offer| offer.capability == capability).map(|offer| (offer.mode, offer.source))
    }
}

fn offered(
    facts: &Facts,
    technology: Technology,
    name: String,
    product: Option<&'static Product>,
    capabilities: Profile,
    same: &[Technology],
) -> Offered {
    let provided = facts.provides.iter().filter(|(declared, _)| same.contains(declared));
    let provided = provided.filter_map(|(_, word)| Capability::parse(word.trim()));
    let capabilities = provided.fold(capabilities, Profile::with);
    let said =
        facts.technology.iter().filter(|(declared, _)| same.contains(declared)).map(|(_, preference)| *preference);
    // In the order of the vocabulary a ban comes last, and it outweighs everything.
    let preference = said.clone().find(|preference| *preference == Preference::Forbidden).or_else(|| said.min());
    Offered { technology, name, product, capabilities, preference }
}

fn known(word: &str, product: &Product) -> bool {
    let word = plain(word);
    plain(product.name) == word || product.aliases.iter().any(|alias| plain(alias) == word)
}

/// Lower case, letters and digits only: `Spark_Streaming`, `spark streaming` and `SparkStreaming` are one name.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
