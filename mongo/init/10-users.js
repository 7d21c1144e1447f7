// Creates the application's user. Run once, by the mongo image, on an empty data volume.
// The user lives in, and may touch, the database `genrelab` only: readWrite for documents, dbAdmin for the
// validators and indexes (collMod, createIndexes) that the application applies from mongo/schema.

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

const user = credential("GENRELAB_DB_USER");
const pwd = credential("GENRELAB_DB_PASSWORD");

db.getSiblingDB(DATABASE).createUser({
  user,
  pwd,
  roles: [
    { role: "readWrite", db: DATABASE },
    { role: "dbAdmin", db: DATABASE },
  ],
});
