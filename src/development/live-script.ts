/** `--live` in the browser: the script that is put into each page, and loads the page again. */

/** In the script's element: the version of the folder that the page was made from. */
export const VERSION_ATTRIBUTE = "data-version";

/**
 * Listens while the page is seen, and to one stream: a browser opens six connections to a server of
 * HTTP/1.1, for all its tabs. Whoever looks at a page again is shown what has changed meanwhile.
 *
 * A page that is older than the server says is loaded again, but not twice for the same versions: one
 * that a service worker keeps stays as old as it is.
 *
 * Where there is no server, each wait is twice as long as the last, up to half a minute: every attempt is
 * a line of the browser's console.
 */
export const LIVE_SCRIPT = `(() => {
  const { src, dataset } = document.currentScript;
  const [SHORTEST, LONGEST] = [500, 30_000];
  let [page, styles] = dataset.version.split(".");
  let events, timer, wait = SHORTEST;

  const leave = () => {
    clearTimeout(timer);
    events?.close();
    events = undefined;
  };
  const listen = () => {
    if (document.hidden) return leave();
    if (events) return;
    clearTimeout(timer);
    events = new EventSource(new URL("live", src));
    events.onmessage = ({ data }) => compare(data);
    events.onerror = () => {
      leave();
      timer = setTimeout(listen, wait);
      wait = Math.min(2 * wait, LONGEST);
    };
  };
  const compare = (data) => {
    wait = SHORTEST;
    const [newPage, newStyles] = data.split(".");
    if (newPage !== page) loadPage(data);
    else if (newStyles !== styles) loadStyles(data);
    [page, styles] = [newPage, newStyles];
  };
  const loadPage = (data) => {
    const step = [location.href, page, styles, data].join(" ");
    if (sessionStorage.getItem("portico-live") === step) return;
    sessionStorage.setItem("portico-live", step);
    location.reload();
  };
  const loadStyles = (data) => {
    const links = [...document.querySelectorAll("link[rel~=stylesheet]")];
    const own = links.filter((link) => new URL(link.href).origin === location.origin);
    if (own.length === 0) loadPage(data);
    for (const link of own) {
      const url = new URL(link.href);
      url.searchParams.set("live", Date.now());
      link.href = url;
    }
  };

  document.addEventListener("visibilitychange", listen);
  addEventListener("focus", listen);
  addEventListener("pageshow", listen);
  addEventListener("pagehide", leave);
  listen();
})();
`;
