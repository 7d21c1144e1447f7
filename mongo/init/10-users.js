// Creates the users of the application. Run once, by the mongo image, on an empty data volume.
// They live in, and may touch, the database `genrelab` only. The application's may do what runs and notebooks need:
// readWrite for documents and indexes, dbAdmin for the validators (collMod) that a new version brings from mongo/schema.
// The page's may read: what strangers can reach changes nothing.

const DATABASE = "genrelab";

function credential(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: fill in .env (see .env.example)`);
  }
  // The value becomes part of MONGODB_URI in docker-compose.yml, which cannot percent-encode it.
  if (!/^[A-Za-z0-9._~-]+$/.test(value)) {
    throw new Error(
      `${name} holds a character other than A-Z a-z 0-9 . _ ~ - and would break MONGODB_URI: ` +
        "choose another (openssl rand -hex 24), then docker compose down --volumes, and start again",
    );
  }
  return value;
}

function createUser(names, roles) {
  db.getSiblingDB(DATABASE).createUser({
    user: credential(names.user),
    pwd: credential(names.password),
    roles: roles.map((role) => ({ role, db: DATABASE })),
  });
}

createUser({ user: "GENRELAB_DB_USER", password: "GENRELAB_DB_PASSWORD" }, ["readWrite", "dbAdmin"]);
createUser({ user: "GENRELAB_DB_READER", password: "GENRELAB_DB_READER_PASSWORD" }, ["read"]);
