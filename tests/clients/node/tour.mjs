/**
 * A tour of the emulator by @kapso/whatsapp-cloud-api: `node tour.mjs FACTS`.
 *
 * FACTS is the emulator's ready file. Each act is one call of the client as its documents show it;
 * webhooks come to a server here and go through the client's own check of signatures and its own
 * reading of them. Prints a report as JSON.
 */

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages lie where they were installed, and not beside this file.
const require = createRequire(`${process.env.CLIENTS_DIR}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name).replace(/cjs$/, "js")).href);
const { WhatsAppClient, buildTemplateSendPayload, TemplateDefinition } = await load(
  "@kapso/whatsapp-cloud-api",
);
const { verifySignature, normalizeWebhook } = await load("@kapso/whatsapp-cloud-api/server");

const facts = JSON.parse(readFileSync(process.argv[2], "utf8"));
const TO = "+919876543210";
const SHOP = "https://shop.example";
const PATIENCE_MS = 20_000;
const PICTURE = Buffer.concat([Buffer.from([0x89]), Buffer.from("PNG\r\n\x1a\n picture")]);

const report = { done: [], failed: {}, sent: [], unverified: 0, webhooks: 0, read: {} };
const phoneNumberId = facts.phone_number_id;
const businessAccountId = facts.waba_id;
const client = new WhatsAppClient({ baseUrl: facts.url, accessToken: facts.access_token });

/** One call of the client; what it sent is remembered. */
async function act(name, work) {
  try {
    const result = await work();
    report.done.push(name);
    for (const message of result?.messages ?? []) report.sent.push(message.id);
    return result;
  } catch (error) {
    report.failed[name] = `${error.stack ?? error}`.slice(0, 1500);
    return undefined;
  }
}

/** One order to the emulator's control API. */
async function order(path, body) {
  const method = body === undefined ? "GET" : "POST";
  const init = { method, body: body === undefined ? undefined : JSON.stringify(body) };
  const answer = await fetch(`${facts.url}/_emulator/${path}`, init);
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()).data[0];
}

/** `value`, which must be `wanted`. */
function same(value, wanted) {
  if (JSON.stringify(value) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(value)} is not ${JSON.stringify(wanted)}`);
  }
  return value;
}

function note(kind) {
  report.read[kind] = (report.read[kind] ?? 0) + 1;
}

/** What the client makes of one webhook. */
function read(body, signatureHeader) {
  report.webhooks += 1;
  if (!verifySignature({ appSecret: facts.app_secret, rawBody: body, signatureHeader })) {
    report.unverified += 1;
  }
  const result = normalizeWebhook(JSON.parse(body.toString("utf8")));
  for (const status of result.statuses) note(`status ${status.status}`);
  for (const message of result.messages) note(`message ${message.type}`);
  for (const [field, changes] of Object.entries(result.raw)) {
    for (const change of changes) note(`field ${field}${change ? "" : ", empty"}`);
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    if (request.method === "GET") {
      const isOurs = url.searchParams.get("hub.verify_token") === facts.verify_token;
      response.writeHead(isOurs ? 200 : 403);
      response.end(isOurs ? url.searchParams.get("hub.challenge") : "no");
      return;
    }
    read(Buffer.concat(parts), request.headers["x-hub-signature-256"]);
    response.writeHead(200);
    response.end();
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
await order("handshake", { url: `http://127.0.0.1:${server.address().port}/hook` });

const world = await order("state");
const catalogId = world.wabas[0].catalogue_id;
const skus = world.wabas[0].products.map((product) => product.retailer_id);
const address = { phoneNumberId, to: TO };
const m = client.messages;

/** Every kind of message the client can build. */
async function sendAll() {
  const said = await order("inbound", { from: TO, text: "good morning" });
  const file = new Blob([PICTURE], { type: "image/png" });
  const upload = { phoneNumberId, type: "image", file, fileName: "a.png" };
  const media = await act("upload", () => client.media.upload(upload));
  const id = media?.id;
  await act("media", async () => {
    const shown = await client.media.get({ mediaId: id, phoneNumberId });
    return same([shown.mimeType, shown.fileSize], ["image/png", String(PICTURE.length)]);
  });
  await act("download", async () => {
    const bytes = await client.media.download({ mediaId: id, phoneNumberId, auth: "always" });
    return same(Buffer.from(bytes).equals(PICTURE), true);
  });
  const text = await act("text", () => m.sendText({ ...address, body: "hello", previewUrl: true }));
  const contextMessageId = text?.messages[0].id;
  await act("reply", () =>
    m.sendText({ ...address, body: "again", contextMessageId, bizOpaqueCallbackData: "t 🌵" }),
  );
  await act("text to a user id", () =>
    m.sendText({ phoneNumberId, recipient: "IN.13491208655302741918", body: "hello" }),
  );
  await act("image", () => m.sendImage({ ...address, image: { id, caption: "c" } }));
  await act("image by link", () => m.sendImage({ ...address, image: { link: `${SHOP}/a.jpg` } }));
  const link = `${SHOP}/file`;
  await act("document", () =>
    m.sendDocument({ ...address, document: { link, filename: "a.pdf", caption: "c" } }),
  );
  await act("video", () => m.sendVideo({ ...address, video: { link, caption: "c" } }));
  await act("audio", () => m.sendAudio({ ...address, audio: { link } }));
  await act("sticker", () => m.sendSticker({ ...address, sticker: { link } }));
  const location = { latitude: -33.45, longitude: -70.66, name: "Santiago", address: "CL" };
  await act("location", () => m.sendLocation({ ...address, location }));
  const contacts = [
    { name: { formattedName: "Ada L", firstName: "Ada" }, phones: [{ phone: "+15550001" }] },
  ];
  await act("contacts", () => m.sendContacts({ ...address, contacts }));
  const reaction = { messageId: said.id, emoji: "👍" };
  await act("reaction", () => m.sendReaction({ ...address, reaction }));
  await act("mark as read", () =>
    m.markRead({ phoneNumberId, messageId: said.id, typingIndicator: { type: "text" } }),
  );
  await sendInteractive(id);
  await act("raw", () =>
    m.sendRaw({
      phoneNumberId,
      payload: { messaging_product: "whatsapp", to: TO, type: "text", text: { body: "raw" } },
    }),
  );
  await act("delete media", () => client.media.delete({ mediaId: id, phoneNumberId }));
}

async function sendInteractive(id) {
  const asked = { ...address, bodyText: "Which?" };
  const buttons = [
    { id: "yes", title: "Yes" },
    { id: "no", title: "No" },
  ];
  const header = { type: "image", image: { id } };
  await act("buttons", () => m.sendInteractiveButtons({ ...asked, header, buttons }));
  const rows = [{ id: "1", title: "One", description: "the first" }];
  await act("list", () =>
    m.sendInteractiveList({ ...asked, buttonText: "Choose", sections: [{ title: "All", rows }] }),
  );
  await act("product", () =>
    m.sendInteractiveProduct({ ...asked, catalogId, productRetailerId: skus[0] }),
  );
  const productItems = [{ productRetailerId: skus[0] }, { productRetailerId: skus[1] }];
  const list = {
    ...asked,
    header: { type: "text", text: "Few" },
    catalogId,
    sections: [{ title: "Popular", productItems }],
  };
  await act("product list", () => m.sendInteractiveProductList(list));
  await act("catalogue", () => m.sendInteractiveCatalogMessage({ ...asked, parameters: {} }));
  const parameters = { displayText: "See", url: SHOP };
  await act("URL", () => m.sendInteractiveCtaUrl({ ...asked, parameters }));
  const cards = [0, 1].map((cardIndex) => ({
    cardIndex,
    header: { type: "image", image: { link: `${SHOP}/${cardIndex}.jpg` } },
    bodyText: "Card",
    action: { type: "cta_url", displayText: "View", url: SHOP },
  }));
  await act("carousel", () => m.sendInteractiveCarousel({ ...asked, cards }));
  const flow = { flowId: "123", flowCta: "Open", flowToken: "t", flowAction: "navigate" };
  flow.flowActionPayload = { screen: "FIRST" };
  await act("flow", () => m.sendInteractiveFlow({ ...asked, parameters: flow }));
  const requestMessage = "Where?";
  await act("location request", () =>
    m.sendInteractiveLocationRequest({ ...asked, parameters: { requestMessage } }),
  );
  await act("address", () => m.sendInteractiveAddress({ ...asked, parameters: { country: "IN" } }));
}

/** Templates: sent, created, listed, shown, deleted. */
async function templates() {
  const language = "en_US";
  const send = (name, template) => act(name, () => m.sendTemplate({ ...address, template }));
  await send("template", buildTemplateSendPayload({ name: "hello_world", language }));
  await send(
    "template with a body",
    buildTemplateSendPayload({
      name: "order_update",
      language,
      body: [
        { type: "text", text: "Pablo" },
        { type: "text", text: "860198" },
      ],
    }),
  );
  const components = [
    { type: "header", parameters: [{ type: "text", text: "Pablo" }] },
    { type: "body", parameters: [{ type: "text", text: "10OFF" }] },
    {
      type: "button",
      sub_type: "mpm",
      index: "0",
      parameters: [
        {
          type: "action",
          action: {
            thumbnail_product_retailer_id: skus[0],
            sections: [{ title: "Popular", product_items: [{ product_retailer_id: skus[0] }] }],
          },
        },
      ],
    },
  ];
  await send("multi-product template", {
    name: "abandoned_cart",
    language: { code: language },
    components,
  });
  for (const definition of definitions()) {
    const made = await act(`create ${definition.name}`, () =>
      client.templates.create({ businessAccountId, ...definition }),
    );
    if (made === undefined) continue;
    await act(`find ${definition.name}`, async () => {
      const page = await client.templates.list({ businessAccountId, name: definition.name });
      return same([page.data[0].id, page.data[0].language], [made.id, language]);
    });
    await act(`delete ${definition.name}`, () =>
      client.templates.delete({ businessAccountId, name: definition.name }),
    );
  }
  await act("list", async () => {
    const page = await client.templates.list({ businessAccountId, limit: 5 });
    return same([page.data.length, typeof page.paging.cursors.after], [5, "string"]);
  });
}

/** Definitions that the client's own builder makes. */
function definitions() {
  const language = "en_US";
  const build = (definition) => TemplateDefinition.buildTemplateDefinition(definition);
  return [
    build({
      name: "node_code",
      language,
      category: "AUTHENTICATION",
      messageSendTtlSeconds: 60,
      components: [
        { type: "BODY", addSecurityRecommendation: true },
        { type: "FOOTER", codeExpirationMinutes: 10 },
        { type: "BUTTONS", buttons: [{ type: "OTP", otpType: "COPY_CODE" }] },
      ],
    }),
    build({
      name: "node_named",
      language,
      category: "UTILITY",
      parameterFormat: "NAMED",
      components: [
        {
          type: "BODY",
          text: "Thank you, {{customer_name}}! Your order {{order_number}} ships tomorrow.",
          example: {
            bodyTextNamedParams: [
              { paramName: "customer_name", example: "Pablo" },
              { paramName: "order_number", example: "860198-230332" },
            ],
          },
        },
      ],
    }),
    build({
      name: "node_catalogue",
      language,
      category: "MARKETING",
      components: [
        { type: "BODY", text: "Browse our catalog" },
        { type: "BUTTONS", buttons: [{ type: "CATALOG", text: "View catalog" }] },
      ],
    }),
  ];
}

/** Numbers: settings, profile, codes. */
async function numbers() {
  const p = client.phoneNumbers;
  await act("profile", () => p.businessProfile.get({ phoneNumberId }));
  await act("new profile", () => p.businessProfile.update({ phoneNumberId, about: "Plants" }));
  await act("settings", () => p.settings.get({ phoneNumberId }));
  await act("deregister", () => p.deregister({ phoneNumberId }));
  await act("register", () => p.register({ phoneNumberId, pin: "123456" }));
}

/** What people and Meta say. */
async function hear() {
  const messages = [
    { type: "text", text: { body: "hello ✓ 🌵" } },
    { type: "image", image: { id: "1", mime_type: "image/jpeg", sha256: "x" } },
    { type: "button", button: { payload: "more", text: "More" } },
    {
      type: "interactive",
      interactive: { type: "list_reply", list_reply: { id: "1", title: "One" } },
    },
    {
      type: "order",
      order: {
        catalog_id: "1",
        product_items: [
          { product_retailer_id: "a", quantity: 2, item_price: 30, currency: "USD" },
        ],
      },
    },
  ];
  for (const message of messages) await order("inbound", { from: TO, message });
  const template = world.wabas[0].templates[0];
  await order("templates", { id: template.id, quality: "YELLOW" });
  await order("templates", { id: template.id, status: "PAUSED" });
  await order("user_preferences", { from: TO, value: "stop" });
}

await sendAll();
await templates();
await numbers();
await hear();
const end = Date.now() + PATIENCE_MS;
const statuses = () => report.read["status read"] ?? 0;
while (Date.now() < end && statuses() < report.sent.length) {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(JSON.stringify(report));
process.exit(0);
