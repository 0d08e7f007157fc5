export * from '@partway/server'
