import { links } from "../router.ts";
import { consentOpen } from "./consent-banner.tsx";

export function Footer() {
  return (
    <footer className="footer">
      <div className="wide footer-row">
        <p>
          <strong className="logo">luma</strong>
          <br />A demo shop. Nothing is charged, nothing is shipped.
        </p>
        <ul>
          <li>
            <a href={links.orders}>Orders and returns</a>
          </li>
          <li>
            <a href={links.lists}>Requisition lists</a>
          </li>
          <li>
            <button type="button" className="link-button" onClick={() => consentOpen.set(true)}>
              Privacy choice
            </button>
          </li>
        </ul>
        <p className="footer-small">Luma sample catalog and pictures © Magento, an Adobe company (AFL 3.0).</p>
      </div>
    </footer>
  );
}
