import type { Rating } from "../types.ts";

const star = "M10 1.8l2.500 5.100 5.600.8-4.050 3.950.95 5.600L10 14.600l-5 2.650.95-5.600L1.900 7.700l5.600-.8z";

/** Five stars, filled to the average. */
export function Stars({ value }: { readonly value: number }) {
  return (
    <span className="stars" role="img" aria-label={`${value} of 5 stars`}>
      {[1, 2, 3, 4, 5].map((position) => (
        <svg
          key={position}
          viewBox="0 0 20 20"
          width="15"
          height="15"
          aria-hidden="true"
          className={value >= position - 0.25 ? "star star-full" : value >= position - 0.75 ? "star star-half" : "star"}
        >
          <path d={star} className="star-ground" />
          <path d={star} className="star-fill" />
        </svg>
      ))}
    </span>
  );
}

export function RatingLine({ rating }: { readonly rating: Rating | null }) {
  if (!rating || rating.count === 0) return null;
  return (
    <span className="rating">
      <Stars value={rating.average} />
      <span className="rating-count">({rating.count})</span>
    </span>
  );
}
