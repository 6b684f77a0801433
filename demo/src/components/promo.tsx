type PromoProps = {
  readonly kind: "hero" | "banner";
  readonly href: string;
  readonly image: string;
  readonly alt: string;
  readonly info: string;
  readonly title: string;
  readonly button: string;
};

/** The shop's own content for a place that Clientele leaves empty; the same look as the blocks of the demo data. */
export function Promo({ kind, href, image, alt, info, title, button }: PromoProps) {
  return (
    <a className={`promo promo-${kind}`} href={href}>
      <img src={`/shop/media/banners/${image}`} alt={alt} />
      <span className="promo-content">
        <span className="promo-info">{info}</span>
        <strong className="promo-title">{title}</strong>
        <span className="promo-button">{button}</span>
      </span>
    </a>
  );
}
