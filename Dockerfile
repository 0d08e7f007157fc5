# The demo, with its S3 store inside:
#   docker build -t partway-demo .
#   docker run --rm -p 3000:3000 -p 9000:9000 -v partway-demo:/data partway-demo
# Then open http://localhost:3000. Browsers reach the store at port 9000. With an S3 of your own (demo/README.md), leave 9000 out.
FROM node:22-slim AS build
WORKDIR /partway
COPY . .
RUN npm ci --ignore-scripts --include-workspace-root \
  --workspace server/core --workspace server/koa --workspace plugin --workspace demo
RUN npx tsc -b demo demo/site && npm run build --workspace @partway/demo
# Again, without what only building needs.
RUN npm ci --ignore-scripts --omit=dev --workspace demo

FROM node:22-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 STORE_PORT=9000 DATA_FOLDER=/data
WORKDIR /partway
COPY --from=build /partway .
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000 9000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/uploads/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "demo/dist/main.js"]
