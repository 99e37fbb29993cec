-- name: catalogues.find
-- One catalogue.
SELECT account_id, catalogue_id, source, products, refreshed_at
FROM catalogues WHERE account_id = :account_id AND catalogue_id = :catalogue_id

-- name: catalogues.of_account
-- The catalogues of an account.
SELECT account_id, catalogue_id, source, products, refreshed_at
FROM catalogues WHERE account_id = :account_id ORDER BY catalogue_id

-- name: catalogues.save
-- A catalogue, once all its products are kept; what was begun later stays.
INSERT INTO catalogues (account_id, catalogue_id, source, products, refreshed_at)
VALUES (:account_id, :catalogue_id, :source, :products, :refreshed_at)
ON CONFLICT (account_id, catalogue_id) DO UPDATE
SET source = excluded.source, products = excluded.products, refreshed_at = excluded.refreshed_at
WHERE excluded.refreshed_at >= catalogues.refreshed_at

-- name: catalogues.save_products
-- Products of a catalogue, new or changed; what a later reading brought stays.
INSERT INTO products (account_id, catalogue_id, retailer_id, name, availability, is_hidden, price,
    refreshed_at)
VALUES
(:account_id, :catalogue_id, :retailer_id, :name, :availability, :is_hidden, :price, :refreshed_at) -- each
ON CONFLICT (account_id, catalogue_id, retailer_id) DO UPDATE
SET name = excluded.name, availability = excluded.availability, is_hidden = excluded.is_hidden,
    price = excluded.price, refreshed_at = excluded.refreshed_at
WHERE excluded.refreshed_at >= products.refreshed_at

-- name: catalogues.drop_stale
-- Products that the latest reading of the catalogue did not name.
DELETE FROM products
WHERE account_id = :account_id AND catalogue_id = :catalogue_id AND refreshed_at < :before

-- name: catalogues.count
-- How many products a catalogue has.
SELECT count(*) FROM products WHERE account_id = :account_id AND catalogue_id = :catalogue_id

-- name: catalogues.products
-- The products of these ids.
SELECT retailer_id, name, availability, is_hidden, price
FROM products
WHERE (account_id, catalogue_id, retailer_id) IN (VALUES
(:account_id, :catalogue_id, :retailer_id) -- each
)

-- name: catalogues.page
-- A catalogue's products by id, after one of them.
SELECT retailer_id, name, availability, is_hidden, price
FROM products
WHERE account_id = :account_id AND catalogue_id = :catalogue_id AND retailer_id > :after
ORDER BY retailer_id LIMIT :limit
