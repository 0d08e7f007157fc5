// An Express app. The middleware is in its own Koa app, which Express mounts like any other handler.
import { partway } from '@partway/koa'
import express from 'express'
import Koa from 'koa'

const { APP_SECRET = '', S3_BUCKET = '', PORT = '3000' } = process.env

const uploads = new Koa()
uploads.keys = [APP_SECRET]
uploads.use(
  partway({
    bucket: S3_BUCKET,
    forcePathStyle: true,
    // Express has removed `/uploads` from the URL.
    path: '/',
    // Both frameworks have the same request and response.
    owner: (ctx) => /** @type {express.Response} */ (ctx.res).locals.user,
  }),
)

const app = express()
// In place of what signs your users in.
app.use((_request, response, next) => {
  response.locals.user = 'ada'
  next()
})
app.use('/uploads', uploads.callback())
app.use(express.static('dist'))
app.listen(Number(PORT), () => console.log(`http://localhost:${PORT}`))
