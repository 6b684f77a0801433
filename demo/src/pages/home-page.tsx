import { Block } from "../components/block.tsx";
import { Promo } from "../components/promo.tsx";
import { Unit } from "../components/unit.tsx";
import { usePageView } from "../components/use-page-view.ts";
import { useDecisions } from "../personalisation/use-decisions.ts";
import { links } from "../router.ts";

const placements = [
  "home.hero",
  "home.banner",
  "home.offers",
  "home.recommended",
  "home.trending",
  "home.recent",
  "home.new",
];

const departments = [
  { path: "women", name: "Women", image: "womens-womens-category-tanks.webp" },
  { path: "men", name: "Men", image: "mens-mens-category-hoodies.webp" },
  { path: "gear", name: "Gear", image: "gear-gear-category-bags.webp" },
  { path: "training", name: "Training", image: "training-training-main.webp" },
] as const;

export function HomePage() {
  usePageView("home", "");
  const decisions = useDecisions(placements, {});
  return (
    <div className="stack">
      <h1 className="visually-hidden">Luma: clothes and gear for yoga, gym and outdoors</h1>
      <Block placement="home.hero" decisions={decisions} className="block-hero">
        <Promo
          kind="hero"
          href={links.category("collections/yoga-new")}
          image="home-home-main.webp"
          alt="A woman in Luma yoga wear"
          info="New Luma Yoga Collection"
          title="Get fit and look fab in new seasonal styles"
          button="Shop New Yoga"
        />
      </Block>
      <ul className="departments">
        {departments.map(({ path, name, image }) => (
          <li key={path}>
            <a className="department" href={links.category(path)}>
              <img src={`/shop/media/banners/${image}`} alt="" loading="lazy" />
              <span>{name}</span>
            </a>
          </li>
        ))}
      </ul>
      <Unit placement="home.recommended" decisions={decisions} />
      <Block placement="home.banner" decisions={decisions} className="block-banner">
        <Promo
          kind="banner"
          href={links.category("collections/eco-friendly")}
          image="home-home-eco.webp"
          alt="Eco-friendly Luma clothes"
          info="Eco-friendly"
          title="Twice around, twice as nice"
          button="Shop eco friendly"
        />
      </Block>
      <Unit placement="home.trending" decisions={decisions} />
      <Block placement="home.offers" decisions={decisions} className="block-banner" />
      <Unit placement="home.recent" decisions={decisions} />
      <Unit placement="home.new" decisions={decisions} />
    </div>
  );
}
